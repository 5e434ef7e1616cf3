"""Each release says whether it can be rolled back, and why: whoever stands before a broken one has no time to find out."""

import re

from tests.support.sam import ROOT

RELEASE = re.compile(r"^## (.+)$", re.MULTILINE)
SAYS = re.compile(r"\A\s*Rolls back: (yes|no), because \S.*\.$", re.MULTILINE)


def silent(changelog: str) -> list[str]:
    """The releases that do not begin with it."""
    _, *parts = RELEASE.split(changelog)
    return [name for name, entry in zip(parts[::2], parts[1::2], strict=True) if not SAYS.match(entry)]


def test_each_release_says_whether_it_rolls_back() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert RELEASE.findall(changelog)
    assert silent(changelog) == []


def test_who_says_nothing_is_found() -> None:
    assert silent("# C\n\n## 1.1\n\nRolls back: yes, because x.\n\n## 1.0\n\n### Added\n\n- x\n") == ["1.0"]
    assert silent("## 1.0\n\nRolls back: perhaps, because x.\n") == ["1.0"]
    assert silent("## 1.0\n\nRolls back: no.\n") == ["1.0"]
