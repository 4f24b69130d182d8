"""Counts stated in the prose, in wordings that offices use; the sentences are made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers import narrative
from parsers.document import Document, Paragraph

CASES = [
    (
        "全年主动公开政府信息 1204 条，其中政府网站发布1,100条，微信公众号发布 96 条，政务微博8条。",
        {"disclosed": 1204, "disclosed.website": 1100, "disclosed.wechat": 96, "disclosed.weibo": 8},
    ),
    (
        "本年度通过区政府门户网站公开信息23条，通过微信公众号推送信息5条。",
        {"disclosed.website": 23, "disclosed.wechat": 5},
    ),
    (
        "2023年收到政府信息公开申请９件，上年结转2件，已全部办结并答复申请人。其中，申请予以公开6件，部分公开1件，"
        "无法提供3件，结转下年度继续办理1件。",
        {
            "requests.received": 9,
            "requests.carried_in": 2,
            "requests.granted": 6,
            "requests.partially_granted": 1,
            "requests.unavailable": 3,
            "requests.carried_out": 1,
        },
    ),  # fmt: skip
    (
        "收到申请9件，予以公开6件，部分公开1件，不予公开0件，无法提供2件，不予处理1件，其他处理1件。",
        {
            "requests.received": 9,
            "requests.granted": 6,
            "requests.partially_granted": 1,
            "requests.denied": 0,
            "requests.unavailable": 2,
            "requests.not_processed": 1,
            "requests.other": 1,
        },
    ),  # fmt: skip
    (
        "新收政府信息公开申请12件，其中当面申请1件、网络申请8件、信函申请3件，答复11件，结转下年度1件。",
        {
            "requests.received": 12,
            "requests.received.in_person": 1,
            "requests.received.online": 8,
            "requests.received.letter": 3,
            "requests.handled": 11,
            "requests.carried_out": 1,
        },
    ),  # fmt: skip
    ("今年未收到政府信息公开申请。", {"requests.received": 0}),
    (
        "全年没有因政府信息公开被申请行政复议、提起行政诉讼的情况。",
        {"review.reconsideration": 0, "review.litigation": 0},
    ),
    (
        "因政府信息公开被申请行政复议3件，维持2件，纠正1件；行政诉讼2件，其中结果维持1件，尚未审结1件。",
        {
            "review.reconsideration": 3,
            "review.reconsideration.upheld": 2,
            "review.reconsideration.corrected": 1,
            "review.litigation": 2,
            "review.litigation.upheld": 1,
            "review.litigation.pending": 1,
        },
    ),  # fmt: skip
    ("全年公开政府信息3.2万条。", {"disclosed": 32000}),
    ("一年来发布210条微博，答复留言9条。", {"disclosed.weibo": 210}),
    (
        "微信公众号关注人数4100，今年公开信息120条，微博今年公开信息30条。",
        {"disclosed.wechat": 120, "disclosed.weibo": 30},
    ),
    (
        "全年未发生因政府信息公开申请引发的行政复议、行政诉讼。",
        {"review.reconsideration": 0, "review.litigation": 0},
    ),
]


def stated(*texts: str) -> dict[str, Decimal]:
    document = Document("text/html", tuple(Paragraph(text, f"at:{i}") for i, text in enumerate(texts)))
    return {fact.code: fact.value for fact in narrative.read(document)}


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_counts_are_read(text: str, expected: dict[str, int]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "全年公开政府信息1200余条。",
        "公开政府信息较上年增加30条。",
        "微博、微信分别发布信息12条、30条。",
        "承办人大代表建议5件、政协提案7件，均已答复。",
        "收到自然人申请3件。",
        "答复网民留言40件。",
        "通过门户网站发布3条解读材料。",
        "编印政府公报4期。",
    ],
)
def test_what_is_no_exact_count_of_its_own_is_left_out(text: str) -> None:
    assert stated(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "全年无逾期答复政府信息公开申请情况。",
        "未发生因政府信息公开申请处理不当引起的投诉。",
        "未收到商业企业提出的政府信息公开申请。",
        "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请。",
        "2022年收到政府信息公开申请19件。",
        "2024年计划办理政府信息公开申请50件。",
        "自条例施行以来收到政府信息公开申请1890件。",
        "县政府本级收到政府信息公开申请12件，各部门收到申请19件。",
        "全年受理行政复议案件120件，其中涉及政府信息公开的3件。",
        "行政诉讼应诉案件56件。",
    ],
)
def test_what_is_of_another_year_or_a_part_or_the_whole_is_not_the_reports_count(text: str) -> None:
    document = Document("text/html", (Paragraph(text, "at"),))
    assert narrative.read(document, 2023) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年收到政府信息公开申请31件，2022年收到19件。", {"requests.received": 31}),
        ("收到申请9件，其中2022年度上年结转2件。", {"requests.received": 9, "requests.carried_in": 2}),
        ("收到政府信息公开申请31件；办结30件，结转下年度1件。",
         {"requests.received": 31, "requests.handled": 30, "requests.carried_out": 1}),
        ("没有收到任何公民、法人或其他组织向本机关提出的政府信息公开申请。", {"requests.received": 0}),
    ],
)  # fmt: skip
def test_counts_of_the_year(text: str, expected: dict[str, int]) -> None:
    document = Document("text/html", (Paragraph(text, "at"),))
    assert {fact.code: fact.value for fact in narrative.read(document, 2023)} == expected


def test_a_sentence_comes_with_its_count() -> None:
    document = Document("text/html", (Paragraph("办公室开会2次。全年收到政府信息公开申请4件。", "at:p"),))
    (fact,) = narrative.read(document)
    assert (fact.sentence, fact.unit, fact.locator) == ("全年收到政府信息公开申请4件。", "件", "at:p")
