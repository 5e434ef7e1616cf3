"""What the admins' guide and the page for families call a button, a link or a heading is what the product calls it."""

import re
from pathlib import Path

import pytest

from latchkey.closure.model.in_words import TITLES
from tests.support.sam import ROOT

PAGES = [*sorted((ROOT / "docs" / "guide").glob("*.md")), ROOT / "docs" / "families.md"]
OF_OTHERS = {"Add to Home Screen", "Install"}  # of the phone's browser
WHERE = (
    *(ROOT / "functions").rglob("*.html"),
    *(ROOT / "functions" / "console").rglob("*.py"),
    *(ROOT / "layers" / "domain" / "latchkey").rglob("*.py"),
)
SOURCES = " ".join(path.read_text(encoding="utf-8") for path in WHERE if "guide" not in path.parts)
SAID = " ".join(re.sub(r"<[^>]*>", " ", SOURCES).replace("’", "'").split())


def named(page: Path) -> list[str]:
    """What stands in italics."""
    text = re.sub(r"\*\*.*?\*\*", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [" ".join(words.split()) for words in re.findall(r"\*([^*]+)\*", text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_it_names_is_there(page: Path) -> None:
    missing = [
        words for words in named(page) if words not in OF_OTHERS and not all(part.strip() in SAID for part in words.split("..."))
    ]
    assert missing == []


def test_the_guide_to_a_closure_has_the_steps_of_its_page() -> None:
    text = (ROOT / "docs" / "guide" / "closure.md").read_text(encoding="utf-8")
    assert [words.rstrip(".") for words in re.findall(r"^\d\. \*\*(.*?)\*\*", text, re.MULTILINE)] == [*TITLES.values()]
