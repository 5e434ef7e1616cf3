"""Brings the catalogues of all areas up to date: python -m infra.translations [NEW LANGUAGE].

New messages come in empty, unless another area of the language has them already, and what nobody says any more goes; the build
refuses a catalogue with empty messages.
"""

import importlib
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "layers" / "domain" / "build"
HEADER = """\
# {name}: {area}. A native speaker should read this; see docs/translating.md.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""


def script(name: str) -> Any:
    """A script of the domain layer's build, which is in no package."""
    if str(BUILD) not in sys.path:
        sys.path.append(str(BUILD))
    return importlib.import_module(name)


def bring(code: str) -> list[Path]:
    """Write a language's catalogues anew: their translations, in the order of the code."""
    build, said = script("catalogues"), script("messages").messages()
    old = {area: build.read(code, area) for area in {*said, *build.areas(code)}}
    folder = build.LOCALE / code / build.NAME
    folder.mkdir(parents=True, exist_ok=True)
    plurals = (old["mails"] or Catalog(locale=code)).plural_forms.rstrip(";") + ";"
    written = []
    for area in sorted(said):
        header = HEADER.format(name=Locale.parse(code).english_name, area=area, code=code, plurals=plurals)
        new = read_po(BytesIO(header.encode()), locale=code)  # with the plural forms that its translator chose
        for message, found in said[area].items():
            known = [each.get(message) for each in (old[area], *old.values())]
            string = next((each.string for each in known if each and each.id == message and any(each.string)), "")
            places = [(place, 0) for place in found.places]
            new.add(message, string, locations=places, auto_comments=found.comments)
        body = BytesIO()
        write_po(body, new, omit_header=True, width=0, include_lineno=False)
        path = folder / f"{area}.po"
        path.write_text(f"{header}\n{body.getvalue().decode().strip()}\n", "utf-8")
        written.append(path)
    for path in set(folder.glob("*.po")) - set(written):
        path.unlink()  # an area without messages
    return written


def main(new: list[str]) -> None:
    """All languages there are, and a new one; then what is still wrong, as the build would say it."""
    build = script("catalogues")
    try:
        for code in sorted({*build.languages(), *new}):
            bring(code)
    except (UnknownLocaleError, ValueError) as error:
        sys.exit(f"That is no language: {error}")
    wrong = [each for code in build.languages() for each in build.whole(code)[1]]
    print("\n".join(wrong) or "All catalogues are whole.")


if __name__ == "__main__":
    main(sys.argv[1:])
