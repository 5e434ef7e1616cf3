"""A sign-in costs at most eight calls of AWS, also in a container that has just started, and a refused one the same for all."""

from dataclasses import replace

import pytest

from latchkey.sign_in import budgets
from latchkey.sign_in.budgets import PER_SCHOOL
from tests.support.portal import Portal, calls_of_a_fresh_container

MOST = 8


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_an_accepted_password(portal: Portal, role: str) -> None:
    portal.add("ann", role=role)
    old = portal.sign_in("ann").json_body["token"]
    portal.sign_in("ann", "wrong")
    with calls_of_a_fresh_container(portal) as calls:
        assert portal.sign_in("ann", Authorization=f"Bearer {old}").status_code == 201
    assert len(calls) == MOST, calls
    assert calls.count("transact_write_items") == 1, "session, its event, the end of the old one, and what is given back"
    assert portal.get("/account", Authorization=f"Bearer {old}").status_code == 401


def test_what_is_refused_costs_the_same_for_everybody(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ada", role="teacher", email="ada@x.example")
    portal.sign_in("warm")
    found = set()
    for typed in ("ann", "ada", "ada@x.example", "nobody", "nobody@x.example"):
        with calls_of_a_fresh_container(portal) as calls:
            assert portal.sign_in(typed, "wrong").status_code == 401
        found.add(tuple(calls))
    (calls_of_all,) = found
    assert len(calls_of_all) == MOST
    looked_up = calls_of_all.index("query")
    assert calls_of_all[:looked_up] == ("batch_get_item", "update_item", "update_item"), "limits come before the look-up"


def test_a_school_that_is_slowed(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pause is counted in the item of the address, so a try costs no call more; one that comes too soon costs two."""
    monkeypatch.setattr(budgets, "PER_SCHOOL", replace(PER_SCHOOL, limit=1))
    monkeypatch.setattr(budgets, "PAUSES", ((1, 5),))
    portal.system.clock.now -= portal.system.clock.now % 3_600
    portal.sign_in("warm", "wrong")
    found = []
    for _ in range(6):
        with calls_of_a_fresh_container(portal) as calls:
            portal.sign_in("nobody", "wrong")
        found.append(len(calls))
    assert found == [MOST] * 5 + [2]


def test_of_many_wrong_tries_at_once_none_is_lost_and_none_too_many_is_compared(portal: Portal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        answers = [*threads.map(lambda _: portal.sign_in("nobody", "wrong").status_code, range(40))]
    assert (answers.count(401), answers.count(429)) == (10, 30)
