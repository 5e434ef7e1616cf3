"""docs/components.md names every part that pages are made of, with its macros, and every part is used by a page."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.support.sam import ROOT

TEMPLATES = ROOT / "functions" / "web" / "templates"
PARTS = sorted((TEMPLATES / "parts").glob("*.html"))
TOLD = (ROOT / "docs" / "components.md").read_text(encoding="utf-8")
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def macros_of(path: Path) -> list[str]:
    """The macros that other templates can take from a file."""
    return [node.name for node in JINJA.parse(path.read_text(encoding="utf-8")).body if isinstance(node, nodes.Macro)]


def used(path: Path, name: str) -> list[Path]:
    """The templates that take a macro from a file, and call it."""
    source = path.relative_to(TEMPLATES).as_posix()
    return [
        page
        for page in TEMPLATES.rglob("*.html")
        for text in [page.read_text(encoding="utf-8")]
        if re.search(rf'{{% from "{source}" import [^%]*\b{name}\b', text) and re.search(rf"\b{name}\(", text)
    ]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_a_part_is_described_and_used(part: Path) -> None:
    (line,) = [line for line in TOLD.splitlines() if line.startswith(f"| `parts/{part.name}` |")]
    macros = macros_of(part)
    assert macros
    for name in macros:
        assert f"`{name}(" in line
        assert used(part, name), f"{name} of {part.name} is used nowhere"


def test_what_is_described_is_there() -> None:
    assert re.findall(r"^\| `parts/([a-z_]+\.html)` \|", TOLD, re.MULTILINE) == [part.name for part in PARTS]


def test_the_older_parts_are_used_too() -> None:
    older = TEMPLATES / "parts.html"
    for name in macros_of(older):
        assert f"`{name}`" in TOLD
        assert used(older, name), f"{name} is used nowhere"
