"""The replica's page templates: page tags, frames, and slots for what differs at each fetch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

SITE_NAME = "中卫市信息公开演示网"
SITE_DOMAIN = "www.nxzw.example"
SITE_ID_CODE = "6405000005"

# Filled in by the server at each fetch; real pages carry the same kinds of noise.
SLOT_CLOCK = "@@CLOCK@@"
SLOT_TOKEN = "@@TOKEN@@"
SLOT_VISITS = "@@VISITS@@"

CSS = """body{margin:0;font:16px/1.8 "Songti SC",SimSun,serif;color:#222;background:#f4f4f0}
.head,.foot{background:#7a1f1a;color:#fff;padding:12px 8%}.foot{font-size:13px}
.nav{background:#fff;padding:8px 8%}.nav a{margin-right:24px}
.main{margin:16px 8%;padding:16px 24px;background:#fff}
.gl-list{list-style:none;padding:0}.gl-list li{border-bottom:1px dotted #bbb;padding:4px 0}
.gl-list span{float:right;color:#777}.view table{width:100%}h1{font-size:22px;text-align:center}
"""

# Writes the links of the other list pages; they are nowhere in the page's own markup.
PAGER_JS = """function createPageHTML(total, current, name, ext) {
  if (total < 2) { return; }
  var file = function (n) { return n === 0 ? name + "." + ext : name + "_" + n + "." + ext; };
  var link = function (n, text) { return '<a href="' + file(n) + '">' + text + "</a> "; };
  var html = current > 0 ? link(current - 1, "上一页") : "<span>上一页</span> ";
  for (var n = 0; n < total; n++) {
    html += n === current ? '<span class="now">' + (n + 1) + "</span> " : link(n, n + 1);
  }
  html += current < total - 1 ? link(current + 1, "下一页") : "<span>下一页</span>";
  document.write(html);
}
"""


@dataclass(frozen=True)
class Link:
    href: str
    text: str
    day: date | None = None


@dataclass(frozen=True)
class Column:
    """A column (栏目) of the site: its folder, its name and the kind that its page tags declare."""

    path: str
    name: str
    kind: str


NAVIGATION = (
    Link("/", "首页"),
    Link("/xwzx/bmdt/", "部门动态"),
    Link("/zwgk/", "政务公开"),
    Link("/zwgk/czyjs/", "财政预决算"),
    Link("/zwgk/fzzf/", "法治政府建设"),
)


def meta(**tags: str) -> str:
    """Page tags of 国办发〔2017〕47号; the site's three come first."""
    site = {"SiteName": SITE_NAME, "SiteDomain": SITE_DOMAIN, "SiteIDCode": SITE_ID_CODE}
    all_tags = {**site, **tags}
    return "".join(f'<meta name="{name}" content="{escape(text)}">\n' for name, text in all_tags.items())


def column_meta(column: Column) -> dict[str, str]:
    return {
        "ColumnName": column.name,
        "ColumnDescription": f"{SITE_NAME}的{column.name}栏目",
        "ColumnKeywords": column.name,
        "ColumnType": column.kind,
    }


def anchors(links: Sequence[Link]) -> str:
    return "\n".join(f'<a href="{link.href}" title="{link.text}">{link.text}</a>' for link in links)


def frame(title: str, tags: str, main: str) -> str:
    """A whole page around its main part."""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(title)}</title>
{tags}<meta name="others" content="页面生成时间 {SLOT_CLOCK}">
<link rel="stylesheet" href="/static/site.css">
<script src="/static/pager.js?t={SLOT_TOKEN}"></script>
</head>
<body>
<div class="head">{SITE_NAME}</div>
<div class="nav">{anchors(NAVIGATION)}</div>
<form class="search" action="/search.html"><input type="hidden" name="token" value="{SLOT_TOKEN}"></form>
<div class="main">
{main}
</div>
<div class="foot">软件演示用的仿真站点，不是政府网站；部分数字为虚构。
浏览次数：<span id="visits">{SLOT_VISITS}</span> 服务器时间：{SLOT_CLOCK}</div>
</body>
</html>
"""


def portal(title: str, column: Column | None, links: Sequence[Link]) -> str:
    """A page of links: the home page, or the head of a group of columns."""
    tags = meta(**column_meta(column)) if column else meta()
    items = "\n".join(f"<li>{anchors([link])}</li>" for link in links)
    return frame(title, tags, f'<h1>{escape(title)}</h1>\n<ul class="gl-list">\n{items}\n</ul>')


def listing(column: Column, links: Sequence[Link], page: int, count: int) -> str:
    """One list page; the pager is written by a script and leaves no link to another list page."""
    items = "\n".join(
        f'<li><span>{link.day or ""}</span><a href="{link.href}" target="_blank" title="{link.text}">'
        f"{link.text}</a></li>"
        for link in links
    )
    pager = f"""<div class="page"><script type="text/javascript">
var currentPage = {page}; //所在页从0开始
var countPage = {count} //共多少页
createPageHTML({count}, {page}, "index", "html");
</script></div>"""
    main = f'<h1>{column.name}</h1>\n<ul class="gl-list">\n{items}\n</ul>\n{pager}'
    return frame(f"{column.name}_{SITE_NAME}", meta(**column_meta(column)), main)


def article(column: Column, title: str, day: date, source: str, body: str) -> str:
    """An article page with all ten required tags."""
    tags = meta(
        **column_meta(column), ArticleTitle=title, PubDate=f"{day} 09:30", ContentSource=source,
        Keywords="", Description="", Author="", Url="",
    )  # fmt: skip
    crumbs = anchors([Link("/", "首页"), Link("/zwgk/", "政务公开"), Link(column.path, column.name)])
    main = f"""<div class="crumbs">当前位置：{crumbs}</div>
<h1>{escape(title)}</h1>
<div class="info">发布时间：{day} 来源：{source} 点击数：{SLOT_VISITS}</div>
<div class="view TRS_UEDITOR trs_paper_default trs_word">
{body}</div>"""
    return frame(f"{title}_{SITE_NAME}", tags, main)


def attachment(href: str, name: str) -> str:
    """The link that a TRS editor writes for an inserted file."""
    file = href.rsplit("/", 1)[-1]
    old = f"/protect/{file[:8]}/{file[:10]}/{file}"
    return (
        f'<p class="insertfileTag" style="line-height: 16px;"><a style="font-size:12px;" href="./{file}" '
        f'title="{name}" download="{name}" appendix="true" needdownload="true" OLDSRC="{old}">'
        f"{name}</a></p>\n"
    )
