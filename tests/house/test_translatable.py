"""Whatever a family reads is a message of the catalogues, in every state of a page: a missing one is a failure here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from infra.translations import script
from tests.support.sam import ROOT
from web.pages import FOLDER, environment

pytestmark = pytest.mark.house
TEMPLATES = FOLDER / "templates"
CONSOLES = {"audit", "closure", "contacts", "guide", "login_details", "people", "preflight", "readiness", "rosters", "sends"} | {
    "settings"
}
"""Folders of pages of the console and its guide, which are in English."""
CONSOLES_OWN = {
    "console.html",
    "parts/breadcrumb.html",
    "parts/cards.html",
    "parts/find_box.html",
    "parts/selection_bar.html",
    "parts/several.html",
    "parts/reason_row.html",
    "schools/settings_said.html",
    "schools/waiting.html",
}
SHARED = {
    "parts.html": {"numbers", "progress", "pager", "state"},
    "parts/summary_list.html": {"answer"},
    "parts/group_choice.html": {"group_choice"},
    "parts/preview_pane.html": {"preview_pane", "preview_button"},
}
"""Macros that only the console uses."""
NO_WORDS = re.compile(r"Latchkey|P234-6789-CDFH|\bann\.okafor\b|\bUTF-8\b|&[a-z]+;")
MARKS = {"_", "gettext", "ngettext"}
SAYING = re.compile(r"""(?:aria-label|alt|title|placeholder|data-say[a-z-]*)\s*=\s*"([^"]*)""")
SENTENCE = re.compile(r"[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")
MARKUP = re.compile(r"autocapitalize|spellcheck|^[a-z-]+(?: [a-z-]+)*$|/")


ALL_AT_ONCE = {"offline.html"}
"""Kept by browsers and shown when nobody can be asked: in four languages at once."""


def portal_templates() -> list[str]:
    names = (path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    return sorted(name for name in names if name.split("/")[0] not in CONSOLES and name not in CONSOLES_OWN | ALL_AT_ONCE)


def text_of(template: str) -> Iterator[str]:
    """What a template shows without asking a catalogue: text between tags, speaking attributes, and constants in expressions."""
    made = environment()
    tree = made.parse((TEMPLATES / template).read_text("utf-8"))
    skipped = {each for each in tree.find_all(nodes.Macro) if each.name in SHARED.get(template, ())}
    plain = "".join(_plain(tree, skipped))
    yield from SAYING.findall(plain)
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", plain, flags=re.DOTALL)
    yield from re.sub(r"<[^>]*>", "\n", without).split("\n")
    yield from _constants(tree, skipped)


def _plain(node: nodes.Node, skipped: set[nodes.Macro]) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for child in node.nodes:
            yield from _plain(child, skipped) if isinstance(child, nodes.TemplateData) else iter(("\0",))
    elif node not in skipped:
        for child in node.iter_child_nodes():
            yield from _plain(child, skipped)


def _constants(node: nodes.Node, skipped: set[nodes.Macro]) -> Iterator[str]:
    if node in skipped or (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not MARKUP.search(node.value):
        yield node.value if SENTENCE.search(re.sub(r"<[^>]*>|[\w-]+=", " ", node.value)) else ""
    for child in node.iter_child_nodes():
        yield from _constants(child, skipped)


@pytest.mark.parametrize("template", portal_templates())
def test_a_page_for_families_says_nothing_but_messages(template: str) -> None:
    shown = (NO_WORDS.sub(" ", text.replace("\0", " ")) for text in text_of(template))
    assert [" ".join(text.split()) for text in shown if re.search(r"[A-Za-z]{2,}", text)] == []


@pytest.mark.parametrize("template", portal_templates())
def test_what_is_imported_says_nothing_before_it_is_called(template: str) -> None:
    """Jinja keeps the top of an imported template: its words would be those of whoever came first."""
    tree = environment().parse((TEMPLATES / template).read_text("utf-8"))
    if tree.find(nodes.Extends) or not tree.find(nodes.Macro):
        return
    outside = [each for each in tree.body if not isinstance(each, nodes.Macro)]
    said = [call for each in outside for call in each.find_all(nodes.Call) if getattr(call.node, "name", "") in MARKS]
    assert not said


def python_files() -> list[Path]:
    return sorted(path for folder in ("layers/domain/latchkey", "functions") for path in (ROOT / folder).rglob("*.py"))


def test_a_message_is_a_literal() -> None:
    """Else it stands in no catalogue."""
    wrong = []
    for path in python_files():
        text = path.read_text("utf-8")
        if "texts import" not in text or path.name == "texts.py":
            continue
        for call in (
            each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        ):
            wanted = {"said": 1, "_": 1, "said_count": 2}.get(call.func.id, 0)
            if not all(isinstance(each, ast.Constant) for each in call.args[:wanted]):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert wrong == []


def test_every_area_is_somebodys() -> None:
    messages = script("messages")
    assert {messages.area_of(path.relative_to(ROOT)) for path in python_files()} <= set(messages.AREAS.values())
