"""Docs can be read and compared: prose wraps at 130 characters. Tables, code and pictures may be longer."""

from pathlib import Path

import pytest

from tests.support.sam import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_prose_is_wrapped(page: Path) -> None:
    fences, long = 0, []
    for line in page.read_text(encoding="utf-8").splitlines():
        fences += line.startswith("```")
        if len(line) > 130 and fences % 2 == 0 and not line.startswith(("|", "    ", "![", "- `")):
            long.append(line)
    assert long == []
