"""When the browser is asked: only for what plain HTTP cannot give."""

from __future__ import annotations

import pytest

from crawler.browser.need import Need, need_of
from crawler.page import read_page
from crawler.verdict import Judgement, Verdict

URL = "https://www.qingshi.example.gov.cn/zwgk/nb/"
OK = Judgement(Verdict.OK, "status 200")
HEAD = "<html><head><title>政府信息公开年报</title></head><body><p>当前位置：首页 &gt; 政府信息公开年报</p>"
ROW = '<li><a href="/zwgk/nb/202401/t20240125_51.html">青石市档案局2023年政府信息公开工作年度报告</a></li>'
SCRIPT = "<script>var x = new XMLHttpRequest(); x.open('GET', window.base + key(7)); x.send()</script>"


def need(body: str, judgement: Judgement = OK) -> Need | None:
    return need_of(judgement, read_page(body.encode(), URL))


def test_a_challenge_and_a_shell_are_told_apart() -> None:
    assert need("", Judgement(Verdict.CHALLENGE, "status 412")) is Need.CHALLENGE
    assert need("", Judgement(Verdict.CHALLENGE, "only script", shell=True)) is Need.SHELL


def test_an_empty_column_with_a_script_that_fetches_is_drawn() -> None:
    assert need(f"{HEAD}<ul id='list'></ul>{SCRIPT}") is Need.LIST


@pytest.mark.parametrize(
    "body",
    [
        f"{HEAD}<ul>{ROW}</ul>{SCRIPT}",
        f"{HEAD}<ul></ul><p>暂无内容</p>",
        f"<html><title>部门动态</title><ul></ul>{SCRIPT}</html>",
    ],
    ids=["it has rows", "no script fetches", "another column"],
)
def test_nothing_else_is(body: str) -> None:
    assert need(body) is None


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.ERROR, Verdict.GONE, Verdict.SOFT_GONE])
def test_nobody_argues_with_a_refusal(verdict: Verdict) -> None:
    assert need(f"{HEAD}{SCRIPT}", Judgement(verdict, "said so")) is None
