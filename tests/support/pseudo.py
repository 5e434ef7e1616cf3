"""A language made out of the English by rule: what can be translated stands in brackets, so that the rest is seen."""

import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from latchkey.shared import catalogues
from latchkey.shared.model.languages import Language

OPEN, CLOSE = "⟦", "⟧"
_SHOWN: Final = {"title", "aria-label", "alt", "placeholder"}
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_TAGS: Final = re.compile(r"(<[^>]*>)")


class Bracketed:
    """A catalogue: ``⟦Sign in⟧``. Of a message with tags, each piece of text has brackets of its own."""

    def gettext(self, message: str) -> str:
        if message in {"Mon Tue Wed Thu Fri Sat Sun", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"}:
            return " ".join(f"{OPEN}{each}{CLOSE}" for each in message.split())
        pieces = _TAGS.split(message)
        return "".join(each if each.startswith("<") or not each.strip() else f"{OPEN}{each}{CLOSE}" for each in pieces)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def speak_it(monkeypatch: pytest.MonkeyPatch, code: str = "cy") -> None:
    """From now on pages in this language are in the bracketed one."""
    real = catalogues.catalogue
    language = Language(code, "Pseudo")

    def found(wanted: str) -> Any:
        return (language, Bracketed()) if wanted == code else real(wanted)

    monkeypatch.setattr("web.pages.catalogue", found)


def outside(page: str, *names: str) -> list[str]:
    """The words of a page that stand in no brackets; ``names`` are what is nobody's to translate."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    found = []
    for text in reader.texts:
        left, depth = "", 0
        for sign in text:
            depth += (sign == OPEN) - (sign == CLOSE)
            left += sign if depth == 0 else " "
        for name in sorted(names, key=len, reverse=True):
            left = left.replace(name, " ")
        if _WORD.search(left):
            found.append(" ".join(left.split()))
    return found


class _Reader(HTMLParser):
    """Takes what people see or hear of a page; what a script says stands in data- attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open: list[str] = []
        self._block: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.texts.extend(value for name, value in attrs if value and (name in _SHOWN or name.startswith("data-say")))
        if tag == "input" and said.get("type") in {"submit", "button"}:
            self.texts.append(said.get("value") or "")
        if tag not in {"meta", "link", "input", "br", "img", "hr", "wbr"}:
            self._open.append("" if tag in {"script", "style", "svg"} or "languages" in (said.get("class") or "") else tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if "" not in self._open and data.strip():
            self.texts.append(data)
