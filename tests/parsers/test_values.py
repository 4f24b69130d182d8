"""Cells into numbers and states."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.forms.labels import Labels, words
from parsers.forms.values import read_value
from parsers.report import State


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("0", "", "0"), ("１２", "", "12"), (" 59237.2449 ", "万元", "59237.2449"), ("1,234,567", "",
        "1234567"),
        ("22（其中修订 16 件）", "", "22"), ("55(含自然失效29件)", "", "55"), ("251000元", "万元", "25.1"),
        ("251000（元）", "万元", "25.1"), ("3（单位：亿元）", "万元", "30000"),
        ("3万元", "万元", "3"),
        ("0.5亿元", "万元", "5000"), ("+1036", "", "1036"), ("增11", "", "11"), ("减11", "", "-11"),
        ("减少 3", "", "-3"),
        ("-7", "", "-7"), ("12件", "", "12"), ("1000000", "", "1000000"), ("0.5", "", "0.5"),
        ("￥12,534.00元", "万元", "1.2534"), ("人民币125.34万元", "万元", "125.34"), (".56", "万元", "0.56"),
        ("125.34万元整", "万元", "125.34"), ("35.2亿", "万元", "352000"), ("1591[1]", "", "1591"),
        ("22（其中修订 16 件）[12]", "", "22"),
        ("12万5千元", "万元", "12.5"), ("1亿2000万元", "万元", "12000"), ("3万零500.5元", "万元", "3.05005"),
        ("人民币2万3千4百元整（含税）", "万元", "2.34"),
        ("3①", "", "3"), ("12¹", "", "12"), ("7*", "", "7"),
    ],
)  # fmt: skip
def test_numbers(raw: str, unit: str, value: str) -> None:
    reading = read_value(raw, unit)
    assert (reading.state, str(reading.value)) == (State.VALUE, value)


@pytest.mark.parametrize("raw", ["", " ", "\u3000", "\xa0", "\u200b"])
def test_blank(raw: str) -> None:
    assert read_value(raw).state is State.BLANK


@pytest.mark.parametrize("raw", ["/", "／", "-", "—", "——", "－", "无", "\\"])
def test_dash(raw: str) -> None:
    assert read_value(raw).state is State.DASH


@pytest.mark.parametrize(
    "raw",
    [
        "12 34",
        "约20",
        "1,23",
        "1.2.3",
        "O",
        "2件3",
        "5万元",
        "见附件",
        "（3）",
        "1/2",
        "①",
        "½",
        "1②3",
        "*",
        "- 23",
    ],
)
def test_what_is_no_plain_number_is_unreadable(raw: str) -> None:
    reading = read_value(raw)
    assert (reading.state, reading.value) == (State.UNREADABLE, None)


@pytest.mark.parametrize(
    "raw",
    [
        "12万5",
        "1万20000元",
        "5千3万元",
        "12万5千",
        "3千2000元",
        "2万3千块",
        "12万5元",
        "3千5元",
        "1亿2000元",
        "3千50元",
    ],
)
def test_parts_of_an_amount_that_do_not_fit_are_unreadable(raw: str) -> None:
    assert read_value(raw, "万元").state is State.UNREADABLE


def test_unit_that_the_head_prints() -> None:
    assert read_value("251000", "万元", "元").value == Decimal("25.1")


@pytest.mark.parametrize(
    "label", ["（一）予以公开", "(一) 予以 公开", "一、予以公开", "1．予以公开", "1予以公开"]
)
def test_ordinals_and_brackets_do_not_count(label: str) -> None:
    assert words(label) == "予以公开"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("行政处罚", "penalties"), ("行政处罚（含简易程序）", "penalties"), ("行政罚处", "penalties"),
        ("行政处罚 行政强制", None), ("本年制发件数本年废止件数", None),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）1.属于国家秘", None),
    ],
)  # fmt: skip
def test_two_labels_in_one_are_neither(printed: str, meant: str | None) -> None:
    partly = "部分公开（区分处理的，只计这一情形，不计其他情形）"
    labels = Labels([
        ("行政处罚", "penalties"), ("行政强制", "coercive_measures"), ("本年制发件数", "issued"),
        ("本年废止件数", "repealed"), (partly, "partially_granted"), ("属于国家秘密", "denied.state_secret"),
    ])  # fmt: skip
    near = labels.near(printed)
    assert (near.code if near else None) == meant
