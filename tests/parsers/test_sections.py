"""The parts of a report's text and the parts within them, in reading order."""

from __future__ import annotations

from parsers import sections
from parsers.document import Document, Paragraph

LINES = (
    "（一）不是标题，因为还没有开始。",
    "一、总体情况",
    "本机关认真贯彻条例。",
    "（一）主动公开情况",
    "全年公开信息 12 条。",
    "(二) 依申请公开办理持续规范。收到申请 3 件。",
    "（三）公开不够及时，内容不够全面。今年要改。",
    "（四）制度有待健全；",
    "二、存在的主要问题及改进情况",
    "（一）存在问题",
    "更新较慢。",
)


def test_parts_within_parts() -> None:
    document = Document("text/html", tuple(Paragraph(line, "") for line in LINES))
    parts = sections.read(document, None)
    assert [(p.ordinal, p.heading, p.text) for p in parts] == [
        (0, "", "（一）不是标题，因为还没有开始。"),
        (1, "一、总体情况", "本机关认真贯彻条例。"),
        (2, "（一）主动公开情况", "全年公开信息 12 条。"),
        (
            3,
            "(二) 依申请公开办理持续规范",
            "收到申请 3 件。\n（三）公开不够及时，内容不够全面。今年要改。\n（四）制度有待健全；",
        ),
        (4, "二、存在的主要问题及改进情况", ""),
        (5, "（一）存在问题", "更新较慢。"),
    ]
    assert sections.topics(parts) == 2
