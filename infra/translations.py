"""Brings the catalogues of the mails' languages up to date: python -m infra.translations [NEW LANGUAGE].

New messages come in empty and what nobody says any more goes; the build refuses a catalogue with empty messages.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

DOMAIN = Path(__file__).parent.parent / "layers" / "domain" / "latchkey"
NAME = Path("LC_MESSAGES") / "latchkey.po"
HEADER = """\
# {name} mails. A native speaker should read this; see docs/translating.md.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""


def said() -> Catalog:
    """What the mails say, with where they say it and what translators should know."""
    found = Catalog(domain="latchkey")
    taken = extract_from_dir(DOMAIN / "mail" / "messages", [("**.py", "python")], comment_tags=["Translators:"])
    for path, _, message, comments, _ in sorted(taken, key=lambda each: each[:2]):
        found.add(message, locations=[(f"mail/messages/{path}", 0)], auto_comments=comments)
    return found


def bring(code: str) -> Path:
    """Write a language's catalogue anew: its translations, in the order of the mails."""
    path = DOMAIN / "shared" / "locale" / code / NAME
    old = read_po(BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    plurals = old.plural_forms.rstrip(";") + ";"
    header = HEADER.format(name=Locale.parse(code).english_name, code=code, plurals=plurals)
    new = read_po(BytesIO(header.encode()), locale=code)  # with the plural forms that its translator chose
    for message in said():
        if message.id:
            there = old.get(message.id)
            string = there.string if there else ""
            new.add(message.id, string, locations=message.locations, auto_comments=message.auto_comments)
    body = BytesIO()
    write_po(body, new, omit_header=True, width=0, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{header}\n{body.getvalue().decode().strip()}\n", "utf-8")
    return path


def main(new: list[str]) -> None:
    """All languages there are, and a new one."""
    try:
        for code in sorted({path.parent.parent.name for path in (DOMAIN / "shared" / "locale").glob(f"*/{NAME}")} | set(new)):
            print(bring(code).relative_to(Path.cwd()))
    except (UnknownLocaleError, ValueError) as error:
        sys.exit(f"That is no language: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
