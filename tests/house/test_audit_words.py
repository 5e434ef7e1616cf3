"""What the audit trail records is said in words on its page."""

import re
from pathlib import Path

from tests.support.sam import ROOT

RECORDED = re.compile(r'record(?:_of)?\((?:[^()]|\([^()]*\))*?"([a-z_]+\.[a-z_]+)"', re.DOTALL)
ACTS = ("pause", "resume", "cancel")  # control_send names its events after them


def _actions() -> set[str]:
    sources = [path.read_text() for path in Path(ROOT, "layers/domain/latchkey").rglob("*.py")]
    return {action for text in sources for action in RECORDED.findall(text)} | {f"send.{act}" for act in ACTS}


def test_every_event_has_words() -> None:
    page = Path(ROOT, "functions/web/templates/audit/audit.html").read_text()
    actions = _actions()
    assert {"codes.reveal", "code.use", "send.start", "roster.applied"} <= actions
    assert sorted(action for action in actions if f'"{action}": "' not in page) == []
