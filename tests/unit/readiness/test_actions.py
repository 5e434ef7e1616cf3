"""What helps whom: every reason has help for everybody who can have it, and a button names how many it is about."""

import pytest

from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import REASONS, Reason
from latchkey.readiness.model.actions import actions_of


def labels(role: Role, reason: Reason, count: int = 3, mailable: int = 3) -> list[str]:
    return [action.label for action in actions_of(role, reason, count, mailable)]


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("role", ROLES)
def test_every_button_is_about_these_people_and_no_other(role: Role, reason: Reason) -> None:
    for action in actions_of(role, reason, 12, 12):
        assert action.wanted == {"role": role, "reason": reason}
        if action.leads in {"slips", "letters", "invite"}:
            assert role == "student", "only students have PINs, and parents to invite"


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_leaves_a_student_without_help(reason: Reason) -> None:
    """Also where nobody of them can be mailed."""
    assert labels("student", reason, mailable=0)


def test_a_button_says_how_many() -> None:
    assert labels("student", "never_sent", 1_042, 1_042)[0] == "Send password links to these 1,042"
    assert labels("student", "never_sent", 1, 1) == ["Send password links to this one", "Print slips for this one"]
    assert labels("student", "link_unused", 42, 42)[0] == "Remind these 42"
    assert labels("student", "locked", 5, 2)[0] == "Unlock by a new link: the 2 with an address"
    assert labels("student", "locked", 5, 0) == ["Print slips for these 5"]
    assert labels("teacher", "no_address") == ["Add addresses"]
