"""Regions by code and name, and the level that a division's code says. The names are those of GB/T 2260."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from archive.regions import Level, NoSuchRegion, in_region, level_of, region_code
from parsers.divisions import path_name


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("640500", "640500"),
        (" 640502 ", "640502"),
        ("64", "640000"),
        ("6405", "640500"),
        ("中卫市", "640500"),
        ("中卫", "640500"),
        ("宁夏", "640000"),
        ("内蒙古", "150000"),
        ("宁夏回族自治区中卫市沙坡头区", "640502"),
        ("北京市朝阳区", "110105"),
        ("东莞市", "441900"),
        ("嘉峪关市", "620200"),  # and the one county of its name
        ("宁夏中卫", "640500"),
        ("北京朝阳区", "110105"),
        ("６４０５００", "640500"),
        ("640599", "640599"),  # a county that is younger than the table
    ],
)
def test_a_region_is_named_by_code_or_name(said: str, code: str) -> None:
    assert region_code(said) == code


@pytest.mark.parametrize(
    "said", ["", "abc", "6405021", "64050", "999999", "000000", "中卫市民政局", "%", "某市"]
)
def test_what_is_no_region_is_told(said: str) -> None:
    with pytest.raises(NoSuchRegion, match="no division is called"):
        region_code(said)


def test_of_several_regions_all_are_told() -> None:
    with pytest.raises(NoSuchRegion, match="110105 北京市朝阳区; 220104 吉林省长春市朝阳区"):
        region_code("朝阳区")
    with pytest.raises(NoSuchRegion, match="220000 吉林省; 220200 吉林省吉林市"):
        region_code("吉林")


def test_every_division_is_found_by_its_whole_name() -> None:
    with (files("parsers") / "data" / "divisions.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["code"] != "620201":  # 嘉峪关市's one county, of the same name
                assert region_code(path_name(row["code"])) == row["code"]


def test_every_division_has_the_level_of_its_row() -> None:
    """东莞市 and four other cities without counties stand in the table a second time, as their own county."""
    with (files("parsers") / "data" / "divisions.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    told = {(row["code"], level_of(row["code"])) for row in rows}
    listed = {(row["code"], Level(row["level"])) for row in rows}
    assert told <= listed
    twice = {row["code"] for row in rows if row["code"] == row["parent"]}
    assert {code for code, _ in listed - told} <= twice
    assert level_of(None) is None


def test_what_lies_in_a_region() -> None:
    assert in_region("640502", "640500")
    assert in_region("640500", "640500")
    assert not in_region("640300", "640500")
    assert not in_region("640500", "640502")
    assert not in_region(None, "640500")
