"""Sessions: who is it that asks, and what ends a session."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from latchkey.errors import Changed, NotSignedIn
from latchkey.people.model.person import Person
from latchkey.sign_in.session import ABSOLUTE, IDLE, close_session, open_session, who
from latchkey.wiring import Wiring
from tests.support.system import TestSystem, running_system

ANN = Person(id="0123456789abcdefghjk", role="student", given_name="Ann", family_name="Lee", email_key="e", version=1)


@pytest.fixture
def system() -> Iterator[TestSystem]:
    with running_system() as made:
        made.school("northbridge")
        made.school("southgate")
        made.wiring("read_roster").directory("northbridge").put_new([ANN])
        yield made


@pytest.fixture
def portal(system: TestSystem) -> Wiring:
    return system.wiring("portal")


def test_a_token_names_its_holder_and_is_stored_only_as_a_hash(system: TestSystem, portal: Wiring) -> None:
    token, session = open_session(portal, "northbridge", ANN)
    found = who(system.wiring("console"), token)
    assert (found.person.id, found.school.slug) == (ANN.id, "northbridge")
    secret = token.rpartition(".")[2]
    assert secret not in session.hash
    items = [item for page in portal.table("SESSIONS_TABLE").pages(f"northbridge#P#{ANN.id}") for item in page]
    assert len(items) == 1
    assert secret not in str(items)


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"status": "left"}, {"status": "disabled"}, {"email_key": "other"}, {"role": "teacher"}, {"is_admin": True}],
)
def test_a_changed_account_ends_every_session(system: TestSystem, portal: Wiring, change: dict[str, object]) -> None:
    token, _ = open_session(portal, "northbridge", ANN)
    system.wiring("read_roster").directory("northbridge").change(ANN.id, change)  # type: ignore[arg-type]
    with pytest.raises(NotSignedIn):
        who(portal, token)


def test_idle_and_absolute_limits(system: TestSystem, portal: Wiring) -> None:
    token, _ = open_session(portal, "northbridge", ANN)
    system.clock.now += IDLE["student"]
    who(portal, token)
    system.clock.now += IDLE["student"] + 1
    with pytest.raises(NotSignedIn, match="away"):
        who(portal, token)
    token, _ = open_session(portal, "northbridge", ANN)
    start = system.clock.now
    while system.clock.now < start + ABSOLUTE - 1800:
        system.clock.now += 1800
        who(portal, token)
    system.clock.now = start + ABSOLUTE
    with pytest.raises(NotSignedIn):
        who(portal, token)


def test_signing_out_ends_this_session_only(portal: Wiring) -> None:
    one, two = open_session(portal, "northbridge", ANN)[0], open_session(portal, "northbridge", ANN)[0]
    close_session(portal, one)
    with pytest.raises(NotSignedIn):
        who(portal, one)
    assert who(portal, two).person.id == ANN.id
    close_session(portal, "nonsense")


@pytest.mark.parametrize("change", ["school", "person", "secret", "cut", "empty", "none", "odd"])
def test_no_other_token_opens(portal: Wiring, change: str) -> None:
    token, _ = open_session(portal, "northbridge", ANN)
    school, person, secret = token.split(".", 2)
    other = {
        "school": f"southgate.{person}.{secret}",
        "person": f"{school}.{replace(ANN, id='0123456789abcdefghjm').id}.{secret}",
        "secret": f"{school}.{person}.{secret[::-1]}",
        "cut": token[:-1],
        "empty": "",
        "none": None,
        "odd": "northbridge.#P#.\0" + secret,
    }[change]
    with pytest.raises(NotSignedIn):
        who(portal, other)


def test_a_session_remembers_what_was_shown(portal: Wiring) -> None:
    _, plain = open_session(portal, "northbridge", ANN)
    assert (plain.ways, plain.proved_at) == (("password",), None)
    token, _ = open_session(portal, "northbridge", ANN, ways=("password", "totp"), proved_at=1_700_000_000)
    found = who(portal, token).session
    assert (found.ways, found.proved_at) == (("password", "totp"), 1_700_000_000)
    proved = portal.sessions("northbridge").prove(found, "passkey", 1_700_000_900)
    assert proved == who(portal, token).session
    assert (proved.ways, proved.proved_at) == (("password", "totp", "passkey"), 1_700_000_900)
    assert portal.sessions("northbridge").prove(proved, "totp", 1_700_001_000).ways == proved.ways


def test_a_session_that_has_ended_proves_nothing(portal: Wiring) -> None:
    token, session = open_session(portal, "northbridge", ANN)
    close_session(portal, token)
    with pytest.raises(Changed):
        portal.sessions("northbridge").prove(session, "totp", 1)
    with pytest.raises(NotSignedIn):
        who(portal, token)
