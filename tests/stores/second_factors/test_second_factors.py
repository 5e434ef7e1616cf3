"""The stores of second factors on moto and in memory: one write of two, and challenges that count once."""

from dataclasses import replace

import pytest

from latchkey.errors import Changed
from latchkey.people.model.person import Person
from latchkey.second_factors.model.factors import Factors, Totp
from latchkey.wiring import Wiring
from tests.support.system import TestSystem

NOW = 1_800_000_000
ANN = Person(id="0123456789abcdefghjk", role="staff", given_name="Ann", family_name="Lee")
APP = Totp(id="a" * 26, name="", added_at=NOW, salt="ab" * 16)


@pytest.fixture
def portal(system: TestSystem) -> Wiring:
    system.school("northbridge")
    system.wiring("read_roster").directory("northbridge").put_new([ANN])
    return system.wiring("portal")


def test_of_two_who_have_read_the_same_one_writes(portal: Wiring) -> None:
    store = portal.second_factors("northbridge")
    none = store.of(ANN.id)
    assert none == Factors(person=ANN.id)
    first = store.write(none, none.with_one(APP))
    with pytest.raises(Changed):
        store.write(none, none)
    second = store.write(first, first.with_one(replace(APP, step=5)))
    with pytest.raises(Changed):
        store.write(first, first.without(APP.id))
    assert store.of(ANN.id) == second
    assert second.totps[0].step == 5


def test_the_person_says_which_kinds_there_are_in_the_same_transaction(portal: Wiring) -> None:
    store, audit = portal.second_factors("northbridge"), portal.audit("northbridge")
    none = store.of(ANN.id)
    some = store.write_with(none, none.with_one(APP), audit.record_of(ANN.id, "second_factor.add", NOW))
    assert _kinds(portal) == ("totp",)
    with pytest.raises(Changed):
        store.write_with(none, none, audit.record_of(ANN.id, "second_factor.remove", NOW))
    assert _kinds(portal) == ("totp",)
    store.write_with(some, some.without(APP.id), audit.record_of(ANN.id, "second_factor.remove", NOW))
    assert _kinds(portal) == ()


def test_nothing_is_added_to_somebody_who_is_not_there(portal: Wiring) -> None:
    store, audit = portal.second_factors("northbridge"), portal.audit("northbridge")
    nobody = Factors(person="9" * 20)
    with pytest.raises(Changed):
        store.write_with(nobody, nobody.with_one(APP), audit.record_of("9" * 20, "second_factor.add", NOW))
    assert store.of("9" * 20) == nobody


def test_a_challenge_counts_once_for_what_it_was_made_for_and_in_time(portal: Wiring) -> None:
    challenges = portal.challenges("northbridge")
    one, two = challenges.make("session/a", NOW), challenges.make("session/a", NOW)
    assert len(one) == 32
    assert not challenges.use(one, "session/b", NOW)
    assert challenges.use(one, "session/a", NOW + 299)
    assert not challenges.use(one, "session/a", NOW + 299)
    assert not challenges.use(two, "session/a", NOW + 300)
    assert not challenges.use(b"x" * 32, "session/a", NOW)
    assert not portal.challenges("southgate").use(challenges.make("session/a", NOW), "session/a", NOW)


def _kinds(portal: Wiring) -> tuple[str, ...]:
    person = portal.directory("northbridge").person(ANN.id)
    assert person is not None
    return person.second_factors
