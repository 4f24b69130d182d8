"""Contacts and cited documents as reports print them; names and numbers are made up."""

from __future__ import annotations

import pytest

from parsers import mentions
from parsers.document import Document, Paragraph
from parsers.report import MentionKind

CASES = [
    (
        "如有疑问请与办公室联系（地址：某市人民路12号；邮编：755000；电话：0955－7371740；"
        "电子邮箱：xxgk01@example.gov.cn）。",
        {
            "address": "某市人民路12号",
            "postcode": "755000",
            "telephone": "0955-7371740",
            "email": "xxgk01@example.gov.cn",
        },
    ),  # fmt: skip
    ("联系电话:(0517)87223344,传真:0517-87223355", {"telephone": "(0517)87223344", "fax": "0517-87223355"}),
    (
        "通讯地址：某区文昌路3号行政中心，邮政编码 223100",
        {"address": "某区文昌路3号行政中心", "postcode": "223100"},
    ),
    (
        "邮编：25396 1；电话：0955-123 4567；邮箱：xxgk32@example.g ov.cn）。",
        {"postcode": "253961", "telephone": "0955-1234567", "email": "xxgk32@example.gov.cn"},
    ),
    ("电话：0955-7371740 0955-7371741", {"telephone": "0955-7371740"}),
    ("按照国办公开办函〔2021〕30号的规定", {"document": "国办公开办函〔2021〕30号"}),
    ("《关于进一步做好工作的通知》（国办发[2014]12号）", {"document": "国办发〔2014〕12号"}),
    ("《条例》（国务院令第711号）", {"document": "国务院令第711号"}),
]


def named(text: str) -> dict[str, str]:
    return {m.kind.value: m.value for m in mentions.read(Document("text/html", (Paragraph(text, "at:p"),)))}


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_mentions_are_read(text: str, expected: dict[str, str]) -> None:
    assert named(text) == expected


def test_a_sentence_about_addresses_is_none() -> None:
    assert named("公布了网址、电话和地址：请登录网站查询。") == {}


def test_each_value_once() -> None:
    text = "电话：0955-7371740。联系电话：0955-7371740。"
    (one,) = mentions.read(Document("text/html", (Paragraph(text, "at:p"),)))
    assert one.kind is MentionKind.TELEPHONE
