"""Attempts by SAML and readings of metadata, on moto and in memory: each used once, and asked for seldom."""

from typing import Any

from latchkey.sso.model.saml_attempt import LIFE, SamlAttempt, browser_hash, new_id
from tests.support.system import TestSystem

NOW = 1_800_000_000
SECRET = "s" * 43


def attempt(system: TestSystem) -> SamlAttempt:
    made = SamlAttempt(
        id=new_id("northbridge"),
        school="northbridge",
        connection="unify",
        version=2,
        browser=browser_hash(SECRET),
        at=NOW,
        trial="try1",
        anew=True,
    )
    system.wiring("federate").saml_attempts("northbridge").add(made)
    return made


def use(system: TestSystem, identifier: str, **facts: Any) -> bool:
    said = {"browser": browser_hash(SECRET), "issuer": "https://idp.test", "assertion": "_1", "until": NOW + 300, "now": NOW}
    return system.wiring("saml").saml_attempts("northbridge").use(identifier, **{**said, **facts})


def test_an_attempt_is_found_as_it_was_begun_in_its_school_alone(system: TestSystem) -> None:
    made = attempt(system)
    assert system.wiring("saml").saml_attempts("northbridge").get(made.id) == made
    assert system.wiring("saml").saml_attempts("southgate").get(made.id) is None


def test_it_is_used_once_in_time_and_by_its_browser(system: TestSystem) -> None:
    made = attempt(system)
    assert not use(system, made.id, browser=browser_hash("t" * 43))
    assert not use(system, made.id, browser="")
    assert not use(system, made.id, now=NOW + LIFE)
    assert not use(system, new_id("northbridge"))
    assert use(system, made.id)
    assert not use(system, made.id, assertion="_2")


def test_an_assertion_is_used_once_of_its_issuer(system: TestSystem) -> None:
    first, second, third = (attempt(system).id for _ in range(3))
    assert use(system, first)
    assert not use(system, second), "and the attempt is not used up by it"
    assert use(system, second, assertion="_2")
    assert use(system, third, issuer="https://other.test")


def test_metadata_is_asked_for_seldom_and_a_failure_keeps_what_was_read(system: TestSystem) -> None:
    readings = system.wiring("saml").saml_readings("northbridge")
    assert readings.begin("unify", NOW, not_since=NOW - 300)
    assert not readings.begin("unify", NOW + 299, not_since=NOW - 1)
    readings.took("unify", NOW, until=7, more=1, scopes=("northbridge.test",))
    assert readings.begin("unify", NOW + 300, not_since=NOW)
    readings.failed("unify", "unreachable")
    found = readings.get("unify")
    assert (found.tried_at, found.read_at, found.failed, found.until, found.more) == (NOW + 300, NOW, "unreachable", 7, 1)
    assert found.scopes == ("northbridge.test",)
