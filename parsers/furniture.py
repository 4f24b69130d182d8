"""Lines that belong to a page and not to its article, known by their words."""

from __future__ import annotations

import re

_FRAME = re.compile(
    r"(?:当前|您的|您现在的|现在|所在)(?:所在)?(?:的)?位置|^[上下]一[篇条页]|(?:主办|承办)(?:单位)?[:：]|版权所有|ICP备|网站标识码|公网安备"
    r"|您是第\d+位|访客(?:数|量)?[:：]|天气[:：]|技术支持[:：]|网站地图|设为首页"
)
"""Where the reader stands on the site, whose site it is, and the like."""
_FURNITURE = re.compile(
    r"浏览次数|点击(?:数|量|次数)|阅读(?:数|量|次数)|访问(?:量|次数)|浏览量|字体[:：大]|字号|打印(?:本页)?|关闭(?:窗口|本页)|分享到|扫一扫|"
    r"页面生成时间|当前时间|今天是|上一篇|下一篇|返回顶部|责任编辑|我要纠错|收藏"
)
_OTHERS = re.compile(
    r"(?:相关|推荐|热门|最新|延伸|猜你|更多)(?:的)?(?:文章|阅读|信息|新闻|链接|内容|推荐|文件|稿件|解读|你?喜欢|资讯|点击|动态)"
    r"|(?:点击|阅读|热点)排行(?:榜)?|友情链接|你可能(?:还)?(?:喜欢|感兴趣)"
)
_LONGEST = 80
_LONGEST_HEADING = 16


def is_furniture(text: str) -> bool:
    """Whether a line is the page's (a visit counter, a button) and not the report's."""
    return _is_short(text) and bool(_FURNITURE.search(text) or _FRAME.search(text))


def is_frame(text: str) -> bool:
    """Whether a line is the site's, and says nothing even of the article it stands beside, as its date."""
    return _is_short(text) and bool(_FRAME.search(text))


def heads_others(text: str) -> bool:
    """Whether a line heads a list of other articles."""
    return len(text) <= _LONGEST_HEADING and bool(_OTHERS.search(text))


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST and "。" not in text
