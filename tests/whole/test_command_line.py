"""Bad input, unreachable sites, and the commands besides crawl."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from nianbao.replica import EXPECTED, REPORTS, Replica, render_html, render_pdf
from tests.whole.conftest import TwoNights, nianbao, rows


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    nianbao(path, "init", "--contact", "https://example.org/crawler")
    return path


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_installed_program_starts(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("nianbao")
    for words, code, said in (
        (("--version",), 0, f"nianbao {version('nianbao')}"),
        (("--home", str(tmp_path / "home"), "init", "--contact", "https://example.org/crawler"), 0, "home"),
        (("--home", str(tmp_path / "home"), "reports", "--json"), 0, "[]"),
        (("--home", str(tmp_path / "none"), "crawl"), 2, "nianbao init"),
    ):
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done


def test_an_unreachable_site_is_one_clear_line_and_exit_1(home: Path) -> None:
    port = _closed_port()
    nianbao(
        home, "sites", "add", f"http://127.0.0.1:{port}/", "--name", "dead", "--allow-private", "--delay", "0"
    )
    nianbao(home, "sites", "add", "http://no-such-host.invalid/", "--name", "nowhere", "--delay", "0")
    done = nianbao(home, "crawl", code=1)
    lines = done.stdout.splitlines()
    dead = next(line for line in lines if line.startswith("dead: "))
    nowhere = next(line for line in lines if line.startswith("nowhere: "))
    assert "refused the connection" in dead
    assert "check" in dead
    assert "check the spelling" in nowhere
    assert rows(home, "runs")[0]["status"] == "failed"


def test_a_private_address_needs_permission(home: Path) -> None:
    with Replica() as replica:
        nianbao(home, "sites", "add", replica.url, "--name", "replica")
        done = nianbao(home, "crawl", code=1)
        assert "allow_private" in done.stdout
        assert replica.requests == []


def test_one_dead_site_does_not_stop_the_others(home: Path) -> None:
    with Replica() as replica:
        dead = f"http://127.0.0.1:{_closed_port()}/"
        nianbao(home, "sites", "add", dead, "--name", "dead", "--allow-private", "--delay", "0")
        nianbao(home, "sites", "add", replica.url, "--name", "good", "--allow-private", "--delay", "0")
        nianbao(home, "crawl", code=1)
    assert len(rows(home, "reports")) == len(EXPECTED[1])
    status = rows(home, "sql", "SELECT name, status FROM site_run JOIN site USING (site_id) ORDER BY name")
    assert [(r["name"], r["status"]) for r in status] == [("dead", "failed"), ("good", "done")]


def test_backfill_archives_what_it_is_given_and_says_what_it_found(home: Path) -> None:
    with Replica() as replica:
        pdf = next(k for k in EXPECTED[1] if k.path_file)
        base = replica.url.rstrip("/")
        page, missing = base + pdf.path_page, base + "/no-such-page.html"
        listed = home / "list.txt"
        listed.write_text(f"# two\n{page}\n{missing}\n", encoding="utf-8")
        done = nianbao(home, "backfill", "--file", str(listed), "--allow-private", "--delay", "0", code=1)
        assert f"{missing}: gone" in done.stdout
        assert pdf.agency in done.stdout
    found = rows(home, "reports")
    assert [(r["agency"], r["year"], r["media_type"]) for r in found] == [
        (pdf.agency, pdf.year, "application/pdf")
    ]
    assert len(rows(home, "facts")) == 200


def test_backfill_follow_walks_a_listing(home: Path) -> None:
    with Replica() as replica:
        column = replica.url.rstrip("/") + EXPECTED[1][0].path_page.rsplit("/", 2)[0] + "/"
        nianbao(home, "backfill", column, "--follow", "--allow-private", "--delay", "0")
    assert len(rows(home, "reports")) == len(EXPECTED[1])


def test_files_are_imported_and_given_back(home: Path, tmp_path: Path) -> None:
    key = next(k for k in EXPECTED[1] if len(k.facts) == 200)
    report = next(r for r in REPORTS if (r.agency, r.year) == (key.agency, key.year))
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(render_pdf(report))
    nianbao(home, "import", str(pdf), "--url", "https://www.example.gov.cn/report.pdf")
    found = rows(home, "reports")[0]
    assert (found["agency"], found["year"], found["url"]) == (
        key.agency,
        key.year,
        "https://www.example.gov.cn/report.pdf",
    )
    back = tmp_path / "back.pdf"
    nianbao(home, "get", "https://www.example.gov.cn/report.pdf", "-o", str(back))
    assert back.read_bytes() == pdf.read_bytes()
    html = tmp_path / "report.html"
    html.write_text(f"<title>{report.title}</title>{render_html(report)}", encoding="utf-8")
    nianbao(home, "import", str(html))
    assert len(rows(home, "reports")) == 1, "the same report again is no second one"


def test_a_file_that_cannot_be_read_is_kept_and_named(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4\nnothing more")
    done = nianbao(home, "import", str(bad), code=1)
    assert "not read" in done.stderr
    back = tmp_path / "back"
    nianbao(home, "get", bad.resolve().as_uri(), "-o", str(back))
    assert back.read_bytes() == bad.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reports",), "nianbao init"),
        (("crawl",), "nianbao init"),
    ],
)
def test_without_a_home_the_fix_is_named(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in nianbao(tmp_path / "none", *words, code=2).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sites", "add", "ftp://x/"), "no web address"),
        (("sites", "add", "https://a.gov.cn/", "--division", "64"), "division"),
        (("crawl",), "sites add"),
        (("crawl", "nobody"), "sites add"),
        (("backfill",), "URL"),
        (("import", "/no/such/file.pdf"), "no such file"),
        (("get", "deadbeef"), "holds no file"),
        (("sql", "DELETE FROM run"), "only reading"),
        (("sql", "SELEC 1"), "syntax"),
        (("reports", "--json", "--csv"), "not both"),
        (("show", "1"), "no report"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(home: Path, words: tuple[str, ...], said: str) -> None:
    assert said in nianbao(home, *words, code=2).stderr


def test_a_settings_fault_names_the_key(home: Path) -> None:
    (home / "nianbao.toml").write_text('contakt = "x"\n', encoding="utf-8")
    assert "contakt" in nianbao(home, "crawl", code=2).stderr
    (home / "nianbao.toml").write_text("contact = \n", encoding="utf-8")
    assert "TOML" in nianbao(home, "crawl", code=2).stderr


def test_a_backup_goes_where_the_settings_say_wherever_the_schedule_starts(home: Path) -> None:
    settings = home / "nianbao.toml"
    before = settings.read_text("utf-8")
    settings.write_text(f'{before}\n[schedule.backup]\nto = "backups"\n', "utf-8")
    assert "write the whole path" in nianbao(home, "config", "check", code=2).stderr
    settings.write_text(f'{before}\n[schedule.backup]\nto = "{home}/backups"\n', "utf-8")
    assert "lies in the home itself" in nianbao(home, "config", "check", code=1).stdout


def test_sites_are_added_to_the_settings_file(home: Path) -> None:
    nianbao(
        home, "sites", "add", "www.spt.gov.cn", "--division", "640502", "--title", "中卫市沙坡头区人民政府"
    )
    with (home / "nianbao.toml").open("rb") as file:
        site = tomllib.load(file)["site"][0]
    assert site["start"] == ["https://www.spt.gov.cn/"]
    assert (site["name"], site["division"]) == ("spt.gov.cn", "640502")
    assert json.loads(nianbao(home, "sites", "list", "--json").stdout)[0]["name"] == "spt.gov.cn"
    assert "already" in nianbao(home, "sites", "add", "www.spt.gov.cn", code=2).stderr


def test_doctor_names_each_fault_with_its_fix(home: Path, two_nights: TwoNights) -> None:
    assert "fix: add one: nianbao sites add URL" in nianbao(home, "doctor", code=1).stdout
    assert "fault" not in nianbao(two_nights.home, "doctor").stdout


def test_the_demo_shows_every_figure(tmp_path: Path) -> None:
    done = nianbao(tmp_path, "demo")
    for night in (1, 2):
        cells = sum(len(k.facts) for k in EXPECTED[night])
        assert f"{cells} of {cells} published figures" in done.stdout
