"""Which modules are tried, with which tests, and which of their faults may go unnoticed."""

import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
VECTORS: Final = "tests/vectors/test_tokens_and_codes.py"
MODULES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "links": ("latchkey.password_links.model.links", (VECTORS, "tests/unit/password_links/test_links.py")),
    "codes": ("latchkey.codes.model.codes", (VECTORS, "tests/unit/codes/test_codes.py")),
    "mail states": ("latchkey.sends.model.mail_states", ("tests/unit/sends/test_mail_states.py",)),
    "roster changes": (
        "latchkey.rosters.model.changes",
        ("tests/unit/rosters/test_changes.py", "tests/unit/rosters/test_asked.py"),
    ),
    "identifiers": ("latchkey.shared.model.identifiers", (VECTORS, "tests/unit/shared/test_identifiers.py")),
}
"""A heading of docs/mutation.md, the module, and its tests, the quickest first."""

Key = tuple[str, str, str]
_ENTRY: Final = re.compile(r"^- `(.+?)`: `(.+?)` becomes `(.+?)`$", re.MULTILINE)


def file_of(module: str) -> Path:
    """Where a module's source stands."""
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin)


def entry(key: Key) -> str:
    """A fault as docs/mutation.md lists it."""
    where, before, after = key
    return f"- `{where}`: `{before}` becomes `{after}`"


def listed() -> dict[str, set[Key]]:
    """The faults that docs/mutation.md explains, by heading."""
    parts = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0].lower(): {found.groups() for found in _ENTRY.finditer(part)} for part in parts}  # type: ignore[misc]
