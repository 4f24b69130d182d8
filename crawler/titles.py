"""What a title or the text of a link says of the thing it names: a report, a column, or something near."""

import re
from enum import StrEnum
from functools import lru_cache


class TitleKind(StrEnum):
    """What a title says of the thing it names."""

    REPORT = "report"
    COLUMN = "column"
    NEAR_MISS = "near_miss"
    NEUTRAL = "neutral"


_YEAR = r"(?:(?:19|20)\d{2}|二[〇○Ｏ零0O][〇○Ｏ零0O一二][〇○Ｏ零0O一二三四五六七八九])"
_HAS_YEAR = re.compile(_YEAR)
_DISCLOSURE = r"(?:政府信息公开|政务信息公开|信息公开|政务公开|政府公开|公开)"
_ANNUAL = r"(?:年度?(?:工作)?(?:情况)?的?(?:报告|报表|总结报告)|年报|工作报告|(?:工作)?情况的?(?:年度)?报告)"

#: An annual report on disclosure, whoever the body is: 政府信息公开 … 年度报告 or 年报, in either order.
_REPORT = re.compile(
    rf"{_DISCLOSURE}(?:工作)?(?:的)?{_YEAR}?年?(?:年度)?(?:工作)?{_ANNUAL}"
    rf"|(?:年度报告|年报)[（(]?.{{0,4}}{_DISCLOSURE}"
    rf"|{_YEAR}年?度?.{{0,20}}信息公开(?:工作)?(?:总结)?报告"
)
#: The same words with no body and no year before or after them: the name of a column.
_COLUMN = re.compile(
    r"(?:政府|政务)?(?:信息)?公开(?:工作)?(?:年度(?:工作)?报告|年报)(?:专栏|栏目|列表|汇总|目录|公开|查询|展示|>){0,4}"
    r"|(?:历年|各?年度|各?部门|县区|区县|乡镇|镇街|街道|各?单位|本机关|本级|市直|[省市区县州]级?|政府){1,6}"
    r"(?:政府|政务)?(?:信息)?(?:公开)?(?:工作)?(?:年度(?:工作)?报告|年报)(?:专栏|列表|汇总)?"
    r"|年报|年度报告|工作年报|(?:政府)?信息公开(?:工作)?报告|年度工作报告|年报(?:专栏|列表|汇总|公开)"
)
#: Where 年报 or 年度报告 stands, and what says that it is another kind of report, or not a report at all.
_OTHER_REPORT = re.compile(
    r"法治政府|依法行政|普法|法治建设|政府网站(?:工作)?年度|网站(?:工作)?年度(?:工作)?报表|年度工作报表"
    r"|企业(?:信息)?(?:公示)?年报|企业年度报告|工商年报|市场主体|个体工商|农民专业合作社|合作社年报"
    r"|上市公司|住房公积金|公积金|统计(?:公报|年报|年鉴|信息)|财务(?:会计)?报告|事业单位法人|慈善|基金会"
    r"|社会组织|社会团体|民办非企业|环境信息依法披露|企业环境|环境(?:状况|质量)|质量年度报告|就业质量|社会责任"
    r"|国有资产|内部控制|绩效|审计|部门预算|预算|决算|三公经费|知识产权|水资源|海洋|地质|气象公报|消费者"
)
_NOT_A_REPORT = re.compile(
    r"(?:编制|编写|撰写|起草|报送|上报|填报|填写|做好|汇总|准备).{0,40}(?:通知|函|方案|要求|说明)$"
    r"|(?:编制|编写|报送|填报).{0,12}(?:工作|培训|会议)|(?:模板|格式|样式|范本|样表)(?:的通知)?$"
    r"|布置|部署|事宜$|(?:栏目|编制|填报|调整).{0,6}说明$|(?:政策)?解读|图解|一图读懂|第三方评估|培训班|工作会议|召开|考核|督查|测评|问卷|意见建议|征求"
)
#: The title ends as a report's does, so that the words before it are the body's name (市考核办, 督查室).
_ENDS_AS_REPORT = re.compile(rf"{_ANNUAL}(?:[（(].*[）)])?(?:\.\w{{2,4}})?$")
#: What may follow the words of a report: its kinds of copies, and notices that publish it.
_REPORT_TAIL = re.compile(
    rf"(?:{_ANNUAL})(?:[（(][^）)]*[）)])?(?:的?(?:公告|公示|通知|通告|函)|及?.{{0,4}}(?:统计表|附表|附件|报表|全文|正文)|"
    r".{0,6}版|\d{4}年?(?:度)?|(?:19|20)\d{2}.{0,6}|的?报告)?[）)]?(?:\.\w{2,4})?$"
)
#: A row cut by the list, 某局2023年政府信息公开工…
_CUT = re.compile(r"(?:…|\.{2,})\s*$")
_CUT_REPORT = re.compile(rf"{_YEAR}年?度?(?:政府|政务)?信息公开(?:工作?)?(?:年度?)?(?:工作?)?报?$")
#: 审计局, 知识产权局, 公积金中心: bodies, not the reports that those words else announce.
_BODY = re.compile(
    r"^[^年]{0,16}(?:局|署|委|办|厅|院|处|所|站|队|馆|中心|办公室|委员会|管委会)(?:信息公开|政务公开|政府信息公开)?$"
)
#: What a row has beside a body's name: its number, and the year that is meant.
_BESIDE_A_BODY = re.compile(rf"{_YEAR}(?:年度|年)?|^\d{{1,3}}(?:[、.．]|(?=[^\d年]))")
_NEAR = re.compile(
    r"公开指南|公开制度|制度(?:规定|建设)?$|公开规定|依申请(?:公开)?$|依申请公开(?!.*(?:年度报告|年报))"
    r"|公开(?:事项)?目录|目录$|工作要点|年度工作总结|工作总结$|工作计划|工作方案|实施方案|统计公报"
    r"|政府工作报告|公开条例|公开年度计划|意见箱|监督保障|公开申请|指南$|公开标准"
)
_LONGEST_TITLE = 200
_EDGES = re.compile(r"^[\s·•●◆■▪>»\-—*]+|[\s.…>»]+$")
_BRACKETED_DATE = re.compile(r"[\[（(]?\d{4}[-./]\d{1,2}[-./]\d{1,2}[\]）)]?$")
_QUOTES = str.maketrans("", "", " \u3000\xa0\u200b《》“”\"'「」")


@lru_cache(maxsize=8192)
def title_kind(title: str) -> TitleKind:
    """Judge a title or the text of a link.

    A REPORT names disclosure and an annual report (or 年报) together with a body or a year; the same words
    alone name the COLUMN. A NEAR_MISS is an annual report on something else, or talk about disclosure that is
    no report.
    """
    text = bare(title[:_LONGEST_TITLE])
    if len(text) < 2:
        return TitleKind.NEUTRAL
    if _COLUMN.fullmatch(text):
        return TitleKind.COLUMN
    is_report = _REPORT.search(text) is not None
    if is_report and _ENDS_AS_REPORT.search(text) and "读懂" not in text:
        return _report_or_column(text)
    if _NOT_A_REPORT.search(text):
        return TitleKind.NEAR_MISS
    if is_report and _REPORT_TAIL.search(text):
        return _report_or_column(text)
    if _CUT.search(title) and _CUT_REPORT.search(text):
        return TitleKind.REPORT
    if _NEAR.search(text) or (_OTHER_REPORT.search(text) and not _names_a_body(text)):
        return TitleKind.NEAR_MISS
    return TitleKind.NEUTRAL


def _names_a_body(text: str) -> bool:
    return _BODY.search(_BESIDE_A_BODY.sub("", text)) is not None


def _report_or_column(text: str) -> TitleKind:
    """A year or a body's name makes a report; law-based government and website tables stay other reports."""
    if re.search(r"法治政府|依法行政|政府网站(?:工作)?年度|网站年度", text):
        return TitleKind.NEAR_MISS
    if _HAS_YEAR.search(text) or len(text) > 14:
        return TitleKind.REPORT
    return TitleKind.COLUMN if text.endswith(("年报", "专栏", "列表")) else TitleKind.REPORT


def bare(title: str) -> str:
    """The title without quotes, blanks, list marks and the date that stands at its end."""
    text = _EDGES.sub("", title.translate(_QUOTES))
    return _EDGES.sub("", _BRACKETED_DATE.sub("", text))
