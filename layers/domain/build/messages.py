"""What people read, taken out of the code: the messages of each area, for the build and for ``make translations``.

An area is one catalogue a language, ``latchkey/shared/locale/<language>/LC_MESSAGES/<area>.po``. Messages are what stands in
``_("…")``, ``said("…")``, ``said_count("…", "…", n)`` and ``ngettext("…", "…", n)`` of Python, in ``_("…")``, ``ngettext`` and
``{% trans %}`` of a template, and the words of the error classes.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
DOMAIN = Path("layers/domain/latchkey")
WEB = Path("functions/web")
TEMPLATES = WEB / "templates"
PORTAL = Path("functions/portal")
LOCALE = ROOT / DOMAIN / "shared" / "locale"

AREAS = {
    DOMAIN: "pages",
    DOMAIN / "mail": "mails",
    DOMAIN / "login_details" / "paper": "paper",
    DOMAIN / "codes": "codes",
    DOMAIN / "password_links": "account",
    DOMAIN / "sign_in": "account",
    DOMAIN / "accounts": "account",
    DOMAIN / "accounts" / "change_email": "addresses",
    DOMAIN / "accounts" / "confirm_address": "addresses",
    DOMAIN / "accounts" / "end_unconfirmed": "addresses",
    DOMAIN / "second_factors": "second_factors",
    DOMAIN / "families": "families",
    DOMAIN / "families" / "confirm_address": "addresses",
    DOMAIN / "invitations": "invitations",
    DOMAIN / "sso": "sso",
    Path("functions"): "pages",
    PORTAL / "account": "account",
    PORTAL / "account" / "email": "addresses",
    PORTAL / "account" / "devices": "addresses",
    PORTAL / "account" / "confirm": "second_factors",
    PORTAL / "account" / "second_factors": "second_factors",
    PORTAL / "account" / "children": "families",
    PORTAL / "account" / "parent": "families",
    PORTAL / "addresses": "addresses",
    PORTAL / "codes": "codes",
    PORTAL / "families": "families",
    PORTAL / "invitations": "invitations",
    PORTAL / "password_links": "account",
    PORTAL / "password_links" / "forgot_password": "pages",
    PORTAL / "second_factors": "second_factors",
    PORTAL / "sign_in" / "account": "account",
    PORTAL / "sign_in" / "passkey": "second_factors",
    PORTAL / "sign_in" / "second": "second_factors",
    WEB / "confirming": "second_factors",
    TEMPLATES / "account": "account",
    TEMPLATES / "account" / "email": "addresses",
    TEMPLATES / "account" / "devices": "addresses",
    TEMPLATES / "account" / "others": "addresses",
    TEMPLATES / "sign_in" / "choose": "addresses",
    TEMPLATES / "account" / "confirm": "second_factors",
    TEMPLATES / "account" / "second_factors": "second_factors",
    TEMPLATES / "account" / "children": "families",
    TEMPLATES / "account" / "parent": "families",
    TEMPLATES / "addresses": "addresses",
    TEMPLATES / "codes": "codes",
    TEMPLATES / "families": "families",
    TEMPLATES / "invitations": "invitations",
    TEMPLATES / "password_links": "account",
    TEMPLATES / "password_links" / "forgot_password": "pages",
    TEMPLATES / "second_factors": "second_factors",
    TEMPLATES / "sso": "sso",
    Path("functions") / "federate": "sso",
    Path("functions") / "saml": "sso",
    Path("functions") / "saml": "sso",
    TEMPLATES / "sign_in" / "account": "account",
    TEMPLATES / "sign_in" / "passkey": "second_factors",
    TEMPLATES / "sign_in" / "second": "second_factors",
}
"""Which file belongs to which area: the longest beginning of its path decides, so a line may name a folder or how files begin."""

_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "said": None, "said_count": (1, 2)}
_MARKED = re.compile(r"\b(?:_|gettext|ngettext|said|said_count)\(")
_CATEGORIES = {ROOT / DOMAIN / "errors.py", ROOT / WEB / "request.py"}
"""Where a docstring is what people read when an error says no more."""
_NEVER_BARE = {"LatchkeyError", "Invalid", "Malformed", "TooLarge", "MustWait", "Poison"}
"""Always raised with words of their own, or for nobody to read."""

Message = str | tuple[str, str]
"""A text, or the two forms of a number."""


@dataclass
class Found:
    """Where a message stands, and what translators should know of it."""

    places: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def area_of(path: Path) -> str:
    """The area of a file, whose path begins at the root of the repository."""
    text = path.as_posix()
    return max((len(start.as_posix()), area) for start, area in AREAS.items() if text.startswith(start.as_posix()))[1]


@cache
def messages() -> dict[str, dict[Message, Found]]:
    """The messages of each area, in the order of their files."""
    areas: dict[str, dict[Message, Found]] = defaultdict(dict)
    for folder in (DOMAIN, Path("functions")):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html"} and "build" not in path.parts:
                place = path.relative_to(ROOT)
                for message, comments in _taken(path):
                    found = areas[area_of(place)].setdefault(message, Found())
                    if place.as_posix() not in found.places:
                        found.places.append(place.as_posix())
                    found.comments.extend(each for each in comments if each not in found.comments)
    return dict(areas)


def _taken(path: Path) -> Iterator[tuple[Message, list[str]]]:
    from babel.messages.extract import extract
    from jinja2.ext import babel_extract

    text = path.read_text("utf-8")
    if path in _CATEGORIES:
        yield from ((said, []) for said in _categories(text))
    if path.suffix == ".html":
        method, options = babel_extract, {"trimmed": "yes", "newstyle_gettext": "yes", "silent": "no"}
    elif _MARKED.search(text):
        method, options = "python", {}
    else:
        return
    with path.open("rb") as file:
        for _, said, comments, _ in extract(method, file, _KEYWORDS, ["Translators:"], options):
            yield (tuple(said) if isinstance(said, list | tuple) else said), list(comments)


def _categories(text: str) -> Iterator[str]:
    """The docstrings of classes that have a code of their own."""
    for each in ast.walk(ast.parse(text)):
        if isinstance(each, ast.ClassDef) and each.name not in _NEVER_BARE and any(_names(line, "code") for line in each.body):
            yield (ast.get_docstring(each) or "").strip()


def _names(line: ast.stmt, name: str) -> bool:
    return isinstance(line, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in line.targets)
