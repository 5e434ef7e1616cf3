"""What a change of settings leaves in the audit trail: old and new, short, and nothing that is secret."""

from dataclasses import dataclass, fields, replace

from hypothesis import given
from hypothesis import strategies as st

from latchkey.schools.model.school import ApprovalRule, Settings, SingleSignOn
from latchkey.schools.model.settings_changes import LONGEST, facts_of

BEFORE = Settings()


def test_members_that_did_not_change_are_not_named() -> None:
    after = replace(BEFORE, approval=ApprovalRule(above=50, staff=False))
    assert facts_of(BEFORE, after, ["approval"]) == {"fields": "approval", "approval.above.was": "", "approval.above.now": 50}


def test_yes_and_no() -> None:
    facts = facts_of(BEFORE, replace(BEFORE, approval=ApprovalRule(staff=True)), ["approval"])
    assert (facts["approval.staff.was"], facts["approval.staff.now"]) == ("no", "yes")


def test_a_logo_is_changed() -> None:
    assert facts_of(BEFORE, replace(BEFORE, logo="a" * 20), ["logo"]) == {"fields": "logo", "logo": "changed"}


def test_a_secret_is_changed_whatever_it_is_in() -> None:
    @dataclass(frozen=True)
    class Client:
        client_id: str = ""
        client_secret: str = ""
        signing_key: bytes = b""

    @dataclass(frozen=True)
    class Others:
        sso: Client
        blob: object = None

    facts = facts_of(Others(Client()), Others(Client("me", "hush", b"hush"), ["hush"]), ["sso", "blob"])  # type: ignore[arg-type]
    assert facts == {
        "fields": "sso, blob",
        "sso.client_id.was": "",
        "sso.client_id.now": "me",
        "sso.client_secret": "changed",
        "sso.signing_key": "changed",
        "blob": "changed",
    }


def test_a_long_text_is_cut() -> None:
    facts = facts_of(BEFORE, replace(BEFORE, notice="x" * 1_000), ["notice"])
    assert facts["notice.now"] == "x" * (LONGEST - 1) + "…"


@given(
    st.builds(
        Settings,
        notice=st.text(max_size=300),
        help_line=st.text(max_size=300),
        reset_life=st.integers(60, 86_400 * 7),
        sso=st.builds(SingleSignOn, label=st.text(max_size=80), roles=st.sampled_from([(), ("student",), ("student", "staff")])),
    )
)
def test_every_setting_that_changed_has_its_facts(after: Settings) -> None:
    changed = [each.name for each in fields(Settings) if getattr(after, each.name) != getattr(BEFORE, each.name)]
    facts = facts_of(BEFORE, after, changed)
    assert {name.partition(".")[0] for name in facts} == {"fields", *changed}
    assert all(isinstance(value, str | int) and len(str(value)) <= LONGEST for name, value in facts.items() if name != "fields")
