"""Public bodies as pages name them: the text of a link, a row of a list, the heading above a group of links.

A body's name says nothing of reports by itself. It counts where bodies are listed for their openness, and
within a report column.
"""

import re
from functools import lru_cache

from crawler.page import Link, Page

#: What says that bodies are listed under it: a title, a breadcrumb, a heading.
BODIES = re.compile(
    r"部门|乡镇|镇乡|街道|镇街|[乡镇]办|[乡镇][（(]|单位|县区|区县|市县|委办局|(?:[省市县区旗州]直|[级属各])机关"
)
#: The folder that holds one column per department, on which a link is followed by its name.
_FOLDER_OF_BODIES = re.compile(r"/(?:bm|xz|jd|zj|xzjd|jz|dw|qx|xq|zsbm)[a-z]*(?:xxgk|gk)\w*(?:/|$)", re.I)
#: A whole group of bodies by one name.
_GROUP = re.compile(
    r"(?:.{0,6}政府)?[市区县州省旗]?(?:直属|直|级)?各?(?:部门|工作部门|单位|机关|乡镇|街道|镇街|乡镇街道|乡镇办|镇办)|[市区县州省]?本级"
)
_NO_BODY = (
    r"(?!.*(?:新闻|要闻|互动|便民|图片|视频|投诉|办事(?!处)|网站|全部|通办|马上办|网办|大厅|法院|检察院"
    r"|(?:发布|座谈|常务|听证|通气)会$|(?<!政务)服务中心$|干部$))"
)
_SORT = (
    r"(?:局|委|办|厅|院|会|署|司|处|所|队|站|中心|镇|乡|街道|办事处|政府|管委会|公司|学校|联社|海关|支行|部|馆|段"
    r"|(?:办公|研究|督查|史志|方志|党史|接待|信访|机要|档案)室|中学|小学|大学|(?:电视|地震|气象)台|[林农牧]场)"
)
#: Names that need nothing before them but a region, and that by its kind alone (县政府).
_WHOLE = (
    r"(?:妇联|工商联|文联|残联|侨联|科协|社科联|编办|供销社|供销合作社"
    r"|(?:开发|高新|经开|示范|保税|管理|保护|度假|工业|试验|实验|合作|园|新|风景|景|产业|集聚|集中|功能)区)"
)
_SEAT = r"[省市县区旗州盟乡镇](?:人民)?政府"
_LETTER = r"[\u4e00-\u9fff·（）()]"
_NAME = re.compile(rf"{_NO_BODY}(?:{_LETTER}{{2,22}}{_SORT}|{_LETTER}{{0,22}}{_WHOLE}|{_SEAT})")
#: From so many bodies named on it, a page on openness is one that lists them.
_A_LIST = 3


@lru_cache(maxsize=16384)
def is_body(label: str) -> bool:
    """Whether a text is a body's name and no more."""
    return _NAME.fullmatch(label) is not None


@lru_cache(maxsize=16384)
def is_group(label: str) -> bool:
    """Whether a text names bodies of one sort together (县直部门, 乡镇)."""
    return _GROUP.fullmatch(label) is not None


def lists_bodies(page: Page, place: str, *, open_page: bool) -> bool:
    """Whether the page is there to list bodies.

    By its address, by ``place`` (the names it gives itself), or because it is a page on openness that names
    several.
    """
    if _FOLDER_OF_BODIES.search(page.url) or BODIES.search(place):
        return True
    return open_page and sum(map(_is_linked_body, page.links)) >= _A_LIST


def listed_bodies(page: Page, *, open_page: bool) -> frozenset[str]:
    """Addresses of bodies that stand on the page under a heading for bodies, or in a folder of bodies.

    A heading counts that speaks of openness itself (部门信息公开); on a page on openness any (县直部门).
    """
    return frozenset(
        link.url
        for link in page.links
        if _is_linked_body(link)
        and (_FOLDER_OF_BODIES.search(link.url) or _is_headed(page, link.url, open_page=open_page))
    )


def _is_linked_body(link: Link) -> bool:
    return link.kind == "anchor" and any(is_body(text) for text in (link.label, *link.also))


def _is_headed(page: Page, url: str, *, open_page: bool) -> bool:
    return any(BODIES.search(text) and (open_page or "公开" in text) for text in page.headings(url))
