"""The table of responses and their verdicts, and what must never be misjudged."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.page import read_page
from crawler.verdict import Judgement, Verdict, judge

FOLDER = Path(__file__).parent / "cases" / "verdicts"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
TABLE = json.loads((FOLDER / "table.json").read_text("utf-8"))


def verdict_of(case: dict[str, Any]) -> Judgement:
    body = (FOLDER / case["file"]).read_bytes() if "file" in case else case["body"].encode()
    url = case.get("url", TABLE["url"])
    return judge(
        case["status"],
        case.get("headers", {"content-type": "text/html"}),
        body,
        url=url,
        final_url=case.get("final_url", url),
        home_url=TABLE["home_url"],
        declared_length=case.get("declared_length"),
        received_length=case.get("received_length"),
    )


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["id"])
def test_verdict(case: dict[str, Any]) -> None:
    judgement = verdict_of(case)
    assert judgement.verdict == case["verdict"], judgement.reason
    assert judgement.reason


def test_every_page_of_the_folder_is_in_the_table() -> None:
    named = {case.get("file") for case in TABLE["cases"]}
    assert {path.name for path in FOLDER.glob("*.html")} == named - {None}


def test_every_verdict_that_can_be_judged_is_in_the_table() -> None:
    given_by_the_caller = {Verdict.EXCLUDED, Verdict.TOO_LARGE}
    assert {case["verdict"] for case in TABLE["cases"]} == set(Verdict) - given_by_the_caller


def test_a_page_already_read_is_judged_alike() -> None:
    body = (FOLDER / "soft-gone-deleted.html").read_bytes()
    url = TABLE["url"]
    page = read_page(body, url)
    assert judge(200, {}, body, url=url, final_url=url, page=page) == judge(
        200, {}, body, url=url, final_url=url
    )


@pytest.mark.parametrize("words", ["请输入验证码", "您访问的页面不存在或已删除", "该文章已删除", "网防G01"])
def test_words_of_errors_within_a_long_report_say_nothing(words: str) -> None:
    text = "本机关依法公开政府信息，接受社会监督。" * 60
    body = f"<html><title>年度报告</title><body><p>{text}{words}{text}</p></body></html>".encode()
    assert judge(200, {}, body, url=TABLE["url"], final_url=TABLE["url"]).verdict == Verdict.OK


def test_real_pages_and_files_are_ok() -> None:
    if not SAMPLES.exists():
        pytest.skip(f"no {SAMPLES}: left out is the check that real saved pages are judged ok")
    url = "http://www.hd.gov.cn/zwgk/nb/"
    for path in sorted([*SAMPLES.glob("*.html"), *SAMPLES.glob("*.xml"), *SAMPLES.glob("*.pdf")]):
        judgement = judge(200, {}, path.read_bytes(), url=url, final_url=url)
        assert judgement.verdict == Verdict.OK, (path.name, judgement.reason)
