"""Lines that belong to a page and not to its article, known by their words."""

from __future__ import annotations

import re

_FURNITURE = re.compile(
    r"浏览次数|点击(?:数|量|次数)|阅读(?:数|量|次数)|访问(?:量|次数)|浏览量|字体[:：大]|字号|打印(?:本页)?|关闭(?:窗口|本页)|分享到|扫一扫|"
    r"页面生成时间|当前时间|今天是|上一篇|下一篇|返回顶部|责任编辑|我要纠错|收藏"
)
_OTHERS = re.compile(
    r"(?:相关|推荐|热门|最新|延伸|猜你|更多)(?:的)?(?:文章|阅读|信息|新闻|链接|内容|推荐|文件|稿件|解读|你?喜欢|资讯|点击)"
    r"|(?:点击|阅读|热点)排行(?:榜)?|友情链接|你可能(?:还)?(?:喜欢|感兴趣)"
)
_FRAME = re.compile(
    r"(?:您的|您现在的|您当前的|您所在的?|当前|现在|当前所在|所在)位置[:：].*(?:首页|主页|[>＞»›])"
    r"|[上下]一[篇条页][:：]|您是第\d+位|(?:今日)?天气[:：]"
    r"|(?:(?:网站地图|设为首页|加入收藏|联系我们|返回首页|关于我们)[|｜丨·\s]*)+$"
)
"""Where the reader stands, what comes before and after, who visits, and menus."""
_OWNED = re.compile(r"版权所有|ICP备\s?\d{6,}号|公网安备\s?\d{8,}|网站标识码[:：]?\s?\d{8,}")
_RUN_BY = re.compile(r"(?:主办|承办|技术支持)(?:单位)?[:：]")
_ITEM = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|.*；$")
_DATES = re.compile(r"(?:发布|公开|编制|成文|发文)(?:日期|时间)|来源|(?:日期|时间)[:：]")
_LABEL = "[:：至天是期间]"
DATED_SOURCE = re.compile(
    rf"(?<!\d)(?<!{_LABEL})(?<!{_LABEL}\s)(?<!{_LABEL}\s\s)"
    r"(\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2})日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:信息)?来源\s*[:：]"
)
"""A line below the title that begins with the day: 2024-01-25 15:30 来源：某局. A labelled day is none."""
_LONGEST = 80
_LONGEST_FRAME = 200
_LONGEST_HEADING = 16


def is_furniture(text: str) -> bool:
    """Whether a line is the page's (a visit counter, a button) and not the report's."""
    return len(text) <= _LONGEST and "。" not in text and bool(_FURNITURE.search(text))


def is_frame(text: str) -> bool:
    """Whether a line beside an article is the site's, and does not say when the article was published."""
    return _may_be_frame(text) and bool(_FRAME.match(text) or _OWNED.search(text))


def is_run_by(text: str) -> bool:
    """Whether a line tells who runs the site, if it stands beside one that tells whose it is."""
    return _may_be_frame(text) and bool(_RUN_BY.match(text)) and "电话" not in text


def is_owned(text: str) -> bool:
    """Whether a line tells whose a site is, by its number in a public list."""
    return _may_be_frame(text) and bool(_OWNED.search(text))


def heads_others(text: str) -> bool:
    """Whether a line heads a list of other articles."""
    return len(text) <= _LONGEST_HEADING and bool(_OTHERS.search(text))


def _may_be_frame(text: str) -> bool:
    return len(text) <= _LONGEST_FRAME and not ("。" in text or _ITEM.match(text) or _DATES.search(text))
