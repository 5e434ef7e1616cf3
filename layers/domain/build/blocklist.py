"""Makes the list of common passwords: python blocklist.py OUT [FOLDER OF THE PACKAGE].

The words come from the package zxcvbn (MIT), whose lists stand in order of frequency; this repository holds none of them.
OUT gets one word a line, normalised as ``latchkey.sign_in.model.passwords`` compares them, sorted:

- passwords of at least 5 characters: whole, or with digits and signs around them, they make no password;
- single words of films, Wikipedia and names, of at least 5 characters: one word alone is no password either.
"""

import sys
import unicodedata
from pathlib import Path

SHORTEST = 5
FEWEST = 3000
"""ASVS 6.2.4: at least the top 3,000 passwords that match the length policy."""


def words(lists: dict[str, list[str] | str]) -> list[str]:
    """Every word of every list once, as it is compared."""
    found = set()
    for entries in lists.values():
        for entry in entries.split(",") if isinstance(entries, str) else entries:
            word = unicodedata.normalize("NFKC", entry).casefold()
            if len(word) >= SHORTEST:
                found.add(word)
    return sorted(found)


def main(out: Path, package: str | None) -> None:
    """Writes the list, whole or not at all."""
    if package:
        sys.path.insert(0, package)
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    found = words(FREQUENCY_LISTS)
    for length in (10, 12):
        if sum(len(word) >= length for word in found) < FEWEST:
            sys.exit(f"The package has fewer than {FEWEST} words of {length} characters or more.")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    part.write_text("\n".join(found) + "\n", encoding="utf-8")
    part.replace(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
