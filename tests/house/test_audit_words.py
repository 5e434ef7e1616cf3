"""What the audit trail records is said in words on its page, and knows whether it is a deed or a sign-in."""

import re
from functools import cache
from pathlib import Path

from latchkey.audit.count_not_found import PARTS
from latchkey.audit.model.in_words import KIND_NAMES, KINDS, SIGN_INS, WORDS
from tests.support.sam import ROOT

RECORDED = re.compile(r'(?:record(?:_of)?|tally)\((?:[^()]|\([^()]*\))*?"([a-z_]+\.[a-z_]+)"', re.DOTALL)
QUOTED = re.compile(r'"(?=([a-z_]+\.[a-z_]+)")')
ACTS = ("pause", "resume", "cancel", "retry", "replan", "rest")  # control_send and repeat_send name their events after them


@cache
def _actions() -> frozenset[str]:
    sources = [path.read_text() for path in Path(ROOT, "layers/domain/latchkey").rglob("*.py")]
    return frozenset(action for text in sources for action in RECORDED.findall(text)) | {f"send.{act}" for act in ACTS}


def test_every_event_has_words() -> None:
    actions = _actions()
    assert {"codes.reveal", "code.use", "send.start", "roster.applied", "sign_in.refused", "password.set"} <= actions
    assert actions - WORDS.keys() == set()


def test_no_words_are_about_an_event_that_nobody_records() -> None:
    """Some name it in a variable first, so here a name anywhere in the domain will do."""
    sources = [path.read_text() for path in Path(ROOT, "layers/domain/latchkey").rglob("*.py") if path.name != "in_words.py"]
    sources += [path.read_text() for path in Path(ROOT, "infra/restore").rglob("*.py")]
    quoted = {name for text in sources for name in QUOTED.findall(text)}
    assert WORDS.keys() - _actions() - quoted == set()


def test_every_kind_has_a_name_and_every_sign_in_is_an_event() -> None:
    assert tuple(KIND_NAMES) == KINDS
    assert WORDS.keys() >= SIGN_INS


def test_the_page_asks_for_words_and_has_none_of_its_own() -> None:
    page = Path(ROOT, "functions/web/templates/audit/audit.html").read_text()
    assert "in_words.WORDS" in page
    assert not [action for action in WORDS if action in page]


def test_what_admins_ask_for_in_vain_is_named_after_the_parts_of_the_console() -> None:
    from console.app import app

    assert {path.split("/")[3] for path in app.routes if path.count("/") > 2} | {"school"} == PARTS
