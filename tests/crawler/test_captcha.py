"""A download program that wants a captcha for each file: the pages are crawled all the same."""

from pathlib import Path

from nianbao.replica.families import FamilySite, Site, vsb
from nianbao.replica.families.content import COLUMN_NAME, html, key_of, link, meta, reports
from tests.crawler.replica_crawl import crawl


def test_a_captcha_for_files_is_no_refusal_of_the_site(tmp_path: Path) -> None:
    entries = list(reports())
    site = Site(key=key_of(entries), family="vsb")
    vsb.listing(site, "/nb", COLUMN_NAME, entries, 1011)
    site.routes[vsb.DOWNLOAD] = html("提示", "<p>请输入验证码</p><img src='/captcha.jpg'>")
    site.routes["/"] = html("沙坡头区人民政府", link("/nb.htm", COLUMN_NAME), meta())
    with FamilySite(site) as served:
        first = crawl(served, tmp_path / "home")
        second = crawl(served, tmp_path / "home")
    with_files = sum(vsb.has_file(entry) for entry in entries)
    assert with_files > 3
    for night in (first, second):
        downloads = [entry for entry in night.log if entry.path.startswith(vsb.DOWNLOAD)]
        assert 3 <= len(downloads) < with_files + 1
        pages = [entry for entry in night.log if entry.path.startswith("/info/")]
        assert len(pages) == len(entries)
        assert night.outcome.problem is None
    assert len(first.reports) == len(entries) - with_files
