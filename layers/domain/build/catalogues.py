"""Makes the catalogues of the languages: python catalogues.py OUT [FOLDER OF THE PACKAGES].

OUT gets ``<language>/LC_MESSAGES/latchkey.mo`` out of all ``latchkey/shared/locale/<language>/LC_MESSAGES/<area>.po``. A language
that is not whole makes nothing: every message must be there, translated and sure, with the same ``{places}`` and tags as in
English, and two areas that have the same message must say the same.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from messages import LOCALE, Message, messages  # beside this file

NAME = Path("LC_MESSAGES")
_PLACE = re.compile(r"\{[a-z_]*\}|%\([a-z_]+\)s|%%|%")
_TAG = re.compile(r"<[^>]*>")
# What puts isolates around names brings them itself.
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def problems(catalogue: Any, wanted: set[Message]) -> list[str]:
    """What is wrong with an area's catalogue, in words."""
    found = []
    there = {message.id: message for message in catalogue if message.id}
    found += [f"is missing: {said}" for said in sorted(map(str, wanted - set(there)))]
    found += [f"is no longer said: {said}" for said in sorted(map(str, set(there) - wanted))]
    for said, message in there.items():
        found += _problems_of(said, message, catalogue.num_plurals)
    return found


def _problems_of(said: Message, message: Any, plurals: int) -> Iterator[str]:
    english = said if isinstance(said, tuple) else (said,)
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    if message.fuzzy:
        yield f"is not sure (fuzzy): {english[0]}"
    if isinstance(said, tuple) and len(forms) != plurals:
        yield f"needs {plurals} forms: {english[0]}"
    for form in forms:
        if not form.strip():
            yield f"is not translated: {english[0]}"
        elif not any(_same(_PLACE, form, each) for each in english):
            yield f"has other places than {' '.join(_PLACE.findall(english[-1])) or 'none'}: {form}"
        elif not any(_same(_TAG, form, each) for each in english):
            yield f"has other tags than {' '.join(_TAG.findall(english[-1])) or 'none'}: {form}"
        elif _DIRECTIONS.search(form):
            yield f"has a mark of direction: {form!r}"


def _same(what: re.Pattern[str], one: str, other: str) -> bool:
    return sorted(what.findall(one)) == sorted(what.findall(other))


def read(language: str, area: str) -> Any:
    """A language's catalogue of an area; an empty one where there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = LOCALE / language / NAME / f"{area}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="latchkey", abort_invalid=True)


def areas(language: str) -> list[str]:
    """The areas that have a catalogue of this language."""
    return sorted(path.stem for path in (LOCALE / language / NAME).glob("*.po"))


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted({path.parent.parent.name for path in LOCALE.glob(f"*/{NAME}/*.po")})


def whole(language: str) -> tuple[Any, list[str]]:
    """All areas of a language in one catalogue, and what is wrong with them, in words."""
    wanted = messages()
    merged, wrong = read(language, "mails"), []
    for area in sorted({*areas(language), *wanted}):
        one = read(language, area)
        wrong += [f"locale/{language}/{NAME}/{area}.po: {each}" for each in problems(one, set(wanted.get(area, {})))]
        if str(one.plural_expr) != str(merged.plural_expr):
            wrong.append(f"locale/{language}/{NAME}/{area}.po: counts otherwise than mails.po (Plural-Forms)")
        for message in one:
            other = merged.get(message.id) if message.id else None
            if other is not None and other.string != message.string:
                wrong.append(f"locale/{language}: two areas translate differently: {message.id}")
            elif message.id and other is None:
                merged[message.id] = message
    return merged, wrong


def main(out: Path, package: str | None) -> None:
    """Makes all catalogues, or says everything that is wrong and makes none."""
    if package:
        sys.path.insert(0, package)
    from babel.messages.mofile import write_mo

    made = {language: whole(language) for language in languages()}
    if wrong := [each for _, found in made.values() for each in found]:
        sys.exit("\n".join(wrong))
    for language, (catalogue, _) in made.items():
        path = out / language / NAME / "latchkey.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
