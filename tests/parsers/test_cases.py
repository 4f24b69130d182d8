"""Each case, a folder in `cases/`, is read as a person says it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from nianbao.cases import Case, differences, read_cases
from parsers.read import read

CASES = list(read_cases(Path(__file__).with_name("cases")))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case) -> None:
    if not case.reviewed:
        pytest.skip(f"NOT REVIEWED: compare {case.folder}/expected.json with the file, then set reviewed")
    assert differences(case, read(case.file.read_bytes(), case.media_type)) == {}
