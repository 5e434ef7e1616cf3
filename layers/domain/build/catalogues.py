"""Makes the catalogues of the mails' languages: python catalogues.py OUT [FOLDER OF THE PACKAGE].

OUT gets ``<language>/LC_MESSAGES/latchkey.mo`` for each ``latchkey/shared/locale/<language>/LC_MESSAGES/latchkey.po``.
A catalogue that is not whole makes nothing: every message must be there, translated and sure, with the same ``{places}`` as in
English.
"""

import re
import sys
from pathlib import Path
from typing import Any

DOMAIN = Path(__file__).parent.parent / "latchkey"
NAME = Path("LC_MESSAGES") / "latchkey.po"
_PLACE = re.compile(r"\{[a-z]*\}")
# The mails put isolates around names themselves, and the layout brings all tags.
_FORBIDDEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069<>]")


def messages() -> set[str | tuple[str, str]]:
    """What the mails say, taken out of their code: a text, or the two forms of a number."""
    from babel.messages.extract import extract_from_dir

    found = extract_from_dir(DOMAIN / "mail" / "messages", [("**.py", "python")])
    return {tuple(said) if isinstance(said, list | tuple) else said for _, _, said, *_ in found}


def problems(catalogue: Any, wanted: set[str | tuple[str, str]]) -> list[str]:
    """What is wrong with a catalogue, in words."""
    found = []
    there = {message.id: message for message in catalogue if message.id}
    found += [f"is missing: {said}" for said in sorted(map(str, wanted - set(there)))]
    found += [f"is no longer said: {said}" for said in sorted(map(str, set(there) - wanted))]
    for said, message in there.items():
        first = said[0] if isinstance(said, tuple) else said
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"is not sure (fuzzy): {first}")
        if isinstance(said, tuple) and len(forms) != catalogue.num_plurals:
            found.append(f"needs {catalogue.num_plurals} forms: {first}")
        for form in forms:
            if not form.strip():
                found.append(f"is not translated: {first}")
            elif sorted(_PLACE.findall(form)) != sorted(_PLACE.findall(first)):
                found.append(f"has other places than {' '.join(_PLACE.findall(first)) or 'none'}: {form}")
            elif _FORBIDDEN.search(form):
                found.append(f"has a sign that stands in no mail: {form!r}")
    return found


def read(language: str) -> Any:
    """A language's catalogue."""
    from babel.messages.pofile import read_po

    with (DOMAIN / "shared" / "locale" / language / NAME).open("rb") as file:
        return read_po(file, locale=language, domain="latchkey")


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in (DOMAIN / "shared" / "locale").glob(f"*/{NAME}"))


def main(out: Path, package: str | None) -> None:
    """Makes all catalogues, or says everything that is wrong and makes none."""
    if package:
        sys.path.insert(0, package)
    from babel.messages.mofile import write_mo

    wanted = messages()
    catalogues = {language: read(language) for language in languages()}
    wrong = [
        f"locale/{language}/{NAME}: {each}" for language, each_of in catalogues.items() for each in problems(each_of, wanted)
    ]
    if wrong:
        sys.exit("\n".join(wrong))
    for language, catalogue in catalogues.items():
        path = (out / language / NAME).with_suffix(".mo")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
