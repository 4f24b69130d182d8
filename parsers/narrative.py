"""Counts that the prose states: what was made public and where, applications and their ends, remedies.

A count is taken with the words before it in its clause (收到政府信息公开申请 9 件), else with those behind.
It is left out where it is no exact count (余, 多, 约), compares with another year (同比, 增加), or is one of
several that share their words (分别). So is what is of another year, of a part of the office (本级 12 件,
各部门 19 件) or of more than this form counts. That none came (未收到…申请) is a count of 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from parsers.characters import mend
from parsers.document import Document
from parsers.report import Stated

_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")
_WIDE_DIGIT = re.compile("[０-９．]")
_GAPS = re.compile(r"[ \t\u3000]+")
_WORTH = re.compile(r"\d|未|没有|无")
"""What every count holds: most paragraphs need no closer look."""
_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")
_COUNT = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<wan>万)?(?P<about>余|多)?(?P<unit>条|件|宗|例|篇|份|次|起)"
)
_BOUNDS = re.compile(r"[，,、：:（）();；。！？!?]")
_INEXACT = re.compile(r"约$|近$|同比|较上|较去|比上|比去|相比|增加|增长|减少|下降|上升|提高|累计达")
_SHARED = re.compile(r"分别|各\d")
_ANYBODY = (
    r"(?:任何|公民|法人|或者?|和|及|以及|其他|其它|组织|个人|单位|社会|公众|群众|、|向|本|我|机关|[局镇乡县区市厅院]|街道|提出|提交|"
    r"的|有关|相关|关于|要求|一|[件例起宗条]|政府|政务|信息|主动)*"
)
"""Words between 未收到 and 申请 that do not narrow what did not come, as 逾期答复 or 商业企业 do."""
_NO_REQUEST = re.compile(
    rf"(?:未|没有|无)新?(?:发生|收到|接到|出现|产生|有|受理)?(?:过)?{_ANYBODY}(?:公开的?|依)申请"
    r"(?!引|产生|导致|而|处理|办理|答复|不|被|逾期|的?(?:行政)?(?:复议|诉讼|投诉|举报|收费|纠错))"
)
_NO_REMEDY = re.compile(r"(?:未|没有|无)[^，,；;。]*?行政(?:复议|诉讼)")
_YEAR = re.compile(r"(20\d\d)年")
_PLANNED = re.compile("计划|预计|拟(?:办|受|公)|将(?:要|继续|办理|受理|公开)")
_OF_A_PART = re.compile("本级|各?部门|各(?:乡|镇|单位|街道)|下属|[以之]来")
_OF_ALL = re.compile("其中[^。]*政府?信息公开|应诉")
"""Reviews and lawsuits of every kind, not only those about disclosure."""

_Rules = tuple[tuple[str, re.Pattern[str]], ...]
"""Codes and what tells them, in the order in which they are tried."""


def _rules(*rules: tuple[str, str]) -> _Rules:
    return tuple((code, re.compile(words)) for code, words in rules)


_CHANNELS = _rules(
    ("disclosed.gazette", r"政府公报|公报"),
    ("disclosed.weibo", r"微博"),
    ("disclosed.wechat", r"微信|公众号"),
    ("disclosed.new_media", r"新媒体|客户端|抖音|头条|短视频"),
    ("disclosed.website", r"网站|门户网|政府网|信息网|官网"),
    ("disclosed", r"(?:公开|发布|公布)的?(?:各类|各项|各种)?(?:政府|政务|有关|相关)?信息|主动公开(?!.*文件)"),
)  # fmt: skip
_RESULTS = _rules(
    ("requests.carried_out", r"结转(?:到|至)?(?:下|次)|转(?:到|至|入)(?:下|次)|(?:下一?年度?|次年)继续"),
    ("requests.carried_in", r"(?:上一?|去|往)年度?[^，、]{0,6}结转|结转(?:上|去)"),
    ("requests.partially_granted", r"部分(?:予以)?公开"),
    ("requests.denied", r"不予公开|不同意公开"),
    ("requests.granted", r"予以公开|同意公开"),
    ("requests.unavailable", r"无法提供"),
    ("requests.not_processed", r"不予处理"),
    ("requests.other", r"其他处理"),
)
_WAYS = _rules(
    ("requests.received.in_person", r"当面|现场"),
    ("requests.received.fax", r"传真"),
    ("requests.received.online", r"网络|网上|在线|互联网|邮件|邮箱|平台"),
    ("requests.received.letter", r"信函|邮寄|信件|书面"),
)
_ENDS = _rules(
    ("upheld", r"维持"),
    ("corrected", r"纠正|纠错|撤销"),
    ("pending", r"审结|审理中"),
    ("other", r"其他结果"),
)
_RECEIVED = re.compile(r"(?:收到|新收|受理|接收|接到|收取|新增)[^，]*申请|申请.*(?:收到|受理)|新收(?:到)?$")
_HANDLED = re.compile(r"办结|答复|办理")
_CHANNEL_NAME = 6
_APPLICANT = re.compile(r"自然人|企业|法人|组织|机构")
_OTHER_COUNT = re.compile(r"回复|答复|留言|咨询|解读|粉丝|关注|阅读|转发|公开栏|显示屏|公示栏")
_OF_INFORMATION = re.compile(r"$|(?:各类|相关)?(?:政府|政务)?信息$")
_NOT_REQUESTS = re.compile(r"建议|提案|复议|诉讼|文件|投诉|信访|咨询|留言")
_ARTICLES = frozenset("条篇次份")
_CASES = frozenset("件宗例份起次")


def read(document: Document, year: int | None = None) -> tuple[Stated, ...]:
    """All counts of the prose in reading order; the same count stated again is listed once. What a sentence
    says of another year than the report's is left out.
    """
    found: dict[tuple[str, Decimal], Stated] = {}
    for paragraph in document.paragraphs():
        if not _WORTH.search(paragraph.text):
            continue
        before = ""
        for sentence in _SENTENCE.findall(_plain(paragraph.text)):
            for code, value, unit in _of_sentence(sentence, before, year):
                found.setdefault((code, value), Stated(code, value, unit, sentence, paragraph.locator))
            before = before + sentence if sentence[-1] in "；;" else ""
    return tuple(found.values())


def _plain(text: str) -> str:
    plain = _GAPS.sub("", mend(text))
    return plain.translate(_DIGITS) if _WIDE_DIGIT.search(plain) else plain


def _of_sentence(sentence: str, above: str, year: int | None) -> Iterator[tuple[str, Decimal, str]]:
    """``above`` is what stands before a semicolon: what the sentence speaks of may have been said there."""
    counts = list(_COUNT.finditer(sentence))
    last = 0
    for index, count in enumerate(counts):
        before = sentence[last : count.start()]
        following = counts[index + 1].start() if index + 1 < len(counts) else len(sentence)
        last = count.end()
        if count["about"] or _SHARED.search(sentence[: count.start()]):
            continue
        after = _first_clause(sentence[last:following])
        so_far = above + sentence[: count.start()]
        code = _code(before, after, so_far, count["unit"])
        if code and _is_ours(code, sentence, so_far, year):
            yield code, _number(count), count["unit"]
    if not counts:
        yield from _none(sentence)


def _is_ours(code: str, sentence: str, so_far: str, year: int | None) -> bool:
    """Whether a count is of the year that is reported on, and of what the form counts."""
    if code.startswith("review.") and _OF_ALL.search(sentence):
        return False
    said = [int(written) for written in _YEAR.findall(so_far)[-1:]]
    if year is None or not said:
        return True
    return said[0] == year or (code == "requests.carried_in" and said[0] == year - 1)


def _number(count: re.Match[str]) -> Decimal:
    number = Decimal(count["digits"].replace(",", ""))
    number = number * 10000 if count["wan"] else number
    return number.to_integral_value() if number == number.to_integral_value() else number


def _first_clause(text: str) -> str:
    return _BOUNDS.split(text, maxsplit=1)[0]


def _clause(before: str) -> str:
    """The words directly before a count: its clause, and the one before where the clause is a mere word."""
    parts = [p for p in _BOUNDS.split(before) if p]
    return "".join(parts[-2:]) if parts and len(parts[-1]) < 3 else (parts[-1] if parts else "")


def _code(before: str, after: str, so_far: str, unit: str) -> str | None:
    clause = _clause(before)
    if any(words.search(clause) for words in (_INEXACT, _PLANNED)) or _INEXACT.search(after[:4]):
        return None
    for words in (clause, after) if len(clause) < 3 else (clause,):
        code = _remedy(words, so_far) or _request(words, so_far) if unit in _CASES else None
        if code:
            return code
    return _disclosed(clause, after, before) if unit in _ARTICLES else None


def _disclosed(clause: str, after: str, before: str) -> str | None:
    """A channel, or all of them; 发布 3 条解读 and 留言 7 条 count something else."""
    if "申请" in clause or _OTHER_COUNT.search(clause):
        return None
    if not _OF_INFORMATION.match(after):
        return _first(_CHANNELS[:-1], after) if len(after) <= _CHANNEL_NAME else None
    code = _first(_CHANNELS, clause)
    return _first(_CHANNELS[:-1], before) or code if code == "disclosed" else code


def _remedy(clause: str, so_far: str) -> str | None:
    """Reviews and lawsuits, and their ends; a count that both share is neither's."""
    named = clause if "复议" in clause or "诉讼" in clause else so_far
    reconsidered, sued = named.rfind("复议"), named.rfind("诉讼")
    if max(reconsidered, sued) < 0:
        return None
    if named is clause and reconsidered >= 0 and sued >= 0 and "经" not in clause and "后" not in clause:
        return None
    kind = "review.litigation" if sued > reconsidered else "review.reconsideration"
    end = _first(_ENDS, clause)
    if named is so_far:
        return f"{kind}.{end}" if end else None
    return f"{kind}.{end}" if end else kind


def _request(clause: str, so_far: str) -> str | None:
    result = _first(_RESULTS, clause)
    if result:
        return result if "申请" in so_far else None
    if _NOT_REQUESTS.search(clause) or "申请" not in so_far:
        return None
    if _APPLICANT.search(clause) or _OF_A_PART.search(clause):
        return None
    way = _first(_WAYS, clause)
    if way:
        return way
    if _RECEIVED.search(clause):
        return "requests.received"
    return "requests.handled" if _HANDLED.search(clause) else None


def _first(rules: _Rules, clause: str) -> str | None:
    return next((code for code, words in rules if words.search(clause)), None)


def _none(sentence: str) -> Iterator[tuple[str, Decimal, str]]:
    """That nothing of the kind came, in a sentence without any count."""
    if _NO_REQUEST.search(sentence):
        yield "requests.received", Decimal(0), "件"
    if match := _NO_REMEDY.search(sentence):
        for code, name in (("review.reconsideration", "行政复议"), ("review.litigation", "诉讼")):
            if name in sentence[match.start() :]:
                yield code, Decimal(0), "件"
