"""Makes the pages of the admins' guide and the page for families: python guide.py OUT [FOLDER OF THE PACKAGE].

OUT gets ``<page>.html`` for each ``docs/guide/<page>.md``, and for ``docs/families.md``: the part of the page inside the
product's own frame. The first line is its title. A picture is copied beside the pages and shown from ``/pictures`` under its
fingerprint, so that a page is light and a browser keeps the picture; a link to another page of the guide leads there.
"""

import hashlib
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = DOCS / "guide"
FAMILIES = DOCS / "families.md"
_PAGE = re.compile(r"([a-z-]+)\.md(#[a-z0-9-]+)?")


PICTURES = (GUIDE / "pictures", DOCS / "pictures" / "families")


def made(name: str, text: str, folder: Path = GUIDE) -> str:
    """The page as HTML; ends with a reason where it links or shows what is not there."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        for part in token.children or ():
            if part.type == "image":
                part.attrs["src"] = _picture(folder, name, str(part.attrs["src"]))
                part.attrs["loading"] = "lazy" if folder == GUIDE else "eager"  # what is printed is there at once
            elif part.type == "link_open":
                part.attrs["href"] = _address(name, str(part.attrs["href"]))
    _anchors(tokens)
    return str(parser.renderer.render(tokens, parser.options, {}))


def _anchors(tokens: list[Any]) -> None:
    """Headings can be linked to, by their words."""
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            token.attrs["id"] = re.sub(r"[^a-z0-9]+", "-", inside.content.casefold()).strip("-")


def _picture(folder: Path, name: str, source: str) -> str:
    file = folder / source
    if file.parent not in PICTURES or not file.is_file():
        sys.exit(f"{name}.md shows {source}, which is no picture beside it.")
    return f"/pictures/{file.name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def _address(name: str, target: str) -> str:
    found = _PAGE.fullmatch(target)
    if found and (GUIDE / f"{found[1]}.md").is_file():
        return f"/guide/{found[1]}{found[2] or ''}"
    if target == "../families.md":
        return "/families"
    if target.startswith("#"):
        return target
    sys.exit(f"docs/guide/{name}.md links to {target}, which is no page of the guide.")


def main(out: Path, package: str | None) -> None:
    """Writes all pages."""
    if package:
        sys.path.insert(0, package)
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*.html"), *out.glob("*.webp")):
        old.unlink()
    for picture in (each for folder in PICTURES for each in sorted(folder.glob("*.webp"))):
        if (out / picture.name).exists():
            sys.exit(f"Two pictures are called {picture.name}.")
        shutil.copy(picture, out)
    for page in sorted(GUIDE.glob("*.md")):
        (out / f"{page.stem}.html").write_text(made(page.stem, page.read_text(encoding="utf-8")), encoding="utf-8")
    text = FAMILIES.read_text(encoding="utf-8")
    (out / "families.html").write_text(made(FAMILIES.stem, text, DOCS), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
