"""docs/operate.md explains exactly the operator's commands that can be typed, each with an example that can be parsed."""

import re
import shlex
from pathlib import Path

import pytest

from infra.operator import commands

PAGE = Path("docs/operate.md").read_text(encoding="utf-8")
PART = PAGE.split("\n## The operator's commands\n")[1].split("\n## ")[0]
SECTIONS = dict(re.findall(r"^### [^`\n]+: (`[^\n]+`)\n(.*?)(?=^### |\Z)", PART, re.MULTILINE | re.DOTALL))
TYPED = next(action.choices for action in commands._parser()._actions if action.dest == "command")


def test_every_command_has_its_section() -> None:
    assert TYPED is not None
    assert sorted(name for title in SECTIONS for name in re.findall(r"`([a-z-]+)`", title)) == sorted(TYPED)


@pytest.mark.parametrize("title", SECTIONS)
def test_each_section_says_what_when_what_it_ends_and_how_to_go_on(title: str) -> None:
    text = SECTIONS[title]
    for heading in (r"- \*\*Do(es)?\*\* ", r"- \*\*When\*\* ", r"- \*\*Ends?\*\* ", r"- \*\*Interrupted\*\*: "):
        assert re.search(heading, text), heading
    (example,) = re.findall(r"^- `make operate ENV=prod ARGS=(.+)`$", text, re.MULTILINE)
    (arguments,) = shlex.split(example)
    options = commands._parser().parse_args([*shlex.split(arguments), "--env", "prod"])
    assert f"`{options.command}`" in title
