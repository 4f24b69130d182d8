"""A file of the archive is kept as a case, and counts only when a person has reviewed it."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.eval import cases
from benchmarks.eval.documents import generate
from benchmarks.eval.producers.html import Html
from benchmarks.eval.score import Tally
from tests.whole.conftest import nianbao


def test_case_add(tmp_path: Path) -> None:
    home, kept = tmp_path / "home", tmp_path / "cases"
    document = generate(3)
    page = tmp_path / "report.html"
    page.write_bytes(Html().write([document])[0])
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, "import", str(page))
    said = nianbao(home, "case", "add", "1", "--folder", str(kept), "--name", "a reason/with signs")
    assert "not reviewed" in said.stdout
    expected = kept / "a-reason-with-signs" / "expected.json"
    content = json.loads(expected.read_text("utf-8"))
    assert content["expected"]["agency"] == document.key.agency
    assert (expected.parent / content["file"]).read_bytes() == page.read_bytes()
    assert cases.scores(kept) == {}
    assert [case.name for case in cases.unreviewed(kept)] == ["a-reason-with-signs"]
    again = nianbao(home, "case", "add", "1", "--folder", str(kept), "--name", "a-reason-with-signs", code=2)
    assert "--name" in again.stderr
    assert "neither" in nianbao(home, "case", "add", "no such", "--folder", str(kept), code=2).stderr

    content["reviewed"] = True
    content["expected"]["year"] = "1999"
    expected.write_text(json.dumps(content), "utf-8")
    (score,) = cases.scores(kept).values()
    assert (score.whole, score.fields.of - score.fields.right) == (Tally(0, 1), 1)
