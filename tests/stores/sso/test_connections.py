"""Connections on moto and in memory: versions are written once, and only what may change in one does."""

from dataclasses import replace

import pytest

from latchkey.errors import Changed
from latchkey.sso.model.connection import Connection, SecretRef
from latchkey.sso.model.look import Look
from latchkey.sso.model.trial import Trial
from latchkey.sso.read_connections import in_force, to_try
from tests.support.system import TestSystem

GOOGLE = Connection(name="google", kind="google", label="Google", roles=("student",), issuer="https://accounts.google.com")
OTHER = replace(GOOGLE, name="google2")


def test_a_version_is_written_once_and_the_newest_is_found(system: TestSystem) -> None:
    system.school("northbridge")
    connections = system.wiring("console").connections("northbridge")
    connections.add(GOOGLE)
    with pytest.raises(Changed):
        connections.add(replace(GOOGLE, label="Mine"))
    second = replace(GOOGLE, version=2, label="Second")
    connections.add(second)
    connections.add(OTHER)
    assert connections.newest("google") == second
    assert connections.get("google", 1) == GOOGLE
    assert connections.all() == [GOOGLE, second, OTHER]
    assert system.wiring("console").connections("southgate").all() == []
    connections.delete([GOOGLE, second])
    assert (connections.newest("google"), connections.newest("google2")) == (None, OTHER)


def test_of_two_who_change_the_secret_at_once_one_does(system: TestSystem) -> None:
    system.school("northbridge")
    connections, audit = system.wiring("console").connections("northbridge"), system.wiring("console").audit("northbridge")
    connections.add(GOOGLE)
    first, second = SecretRef(name="a"), SecretRef(name="b", ends_at=9)

    def change(before: SecretRef | None, secret: SecretRef | None, *names: str) -> None:
        event = audit.record_of("admin", "sso.settings_changed", 5, {"connection": "google"})
        versions = [replace(GOOGLE, name=name, secret=before) for name in names or ("google",)]
        connections.set_secret(versions, secret, event)

    change(None, first)
    with pytest.raises(Changed):
        change(None, second)
    change(first, second)
    assert connections.get("google", 1) == replace(GOOGLE, secret=second)
    change(second, None)
    assert connections.get("google", 1) == GOOGLE
    with pytest.raises(Changed):
        change(None, first, "google", "nobody")
    assert connections.get("google", 1) == GOOGLE, "all or none"
    assert len(audit.page()[0]) == 3, "an event with each change, and none with those that were refused"


def test_one_read_finds_all_that_a_school_has(system: TestSystem) -> None:
    wiring = system.wiring("console")
    connections, looks = wiring.connections("northbridge"), wiring.sso_looks("northbridge")
    newer = replace(GOOGLE, version=2)
    for each in (GOOGLE, newer, OTHER):
        connections.add(each)
    connections.note_last(Connection(name="old", kind="google", label="Old", roles=(), version=7))
    looks.put(Look(connection="google", version=2, at=5, findings=()))
    trial = Trial(id="a" * 26, connection="google2", version=1, by="admin", at=5)
    looks.begin(trial)
    shelf = wiring.sso_shelf("northbridge")
    assert shelf.connections == (GOOGLE, newer, OTHER)
    assert (shelf.last, shelf.looks, shelf.trials) == ({"old": 7}, looks.all(), {"google2": trial})
    assert wiring.sso_shelf("southgate").connections == ()


def test_metadata_is_kept_in_the_version_it_was_read_for(system: TestSystem) -> None:
    system.school("northbridge")
    connections = system.wiring("console").connections("northbridge")
    saml = Connection(name="unify", kind="saml", label="RM Unify", roles=("teacher",))
    connections.add(saml)
    connections.set_metadata("unify", 1, sign_in_url="https://x.example/sso", certificates=["MII1", "MII2"])
    assert connections.newest("unify") == replace(saml, sign_in_url="https://x.example/sso", certificates=("MII1", "MII2"))
    with pytest.raises(Changed):
        connections.set_metadata("unify", 2, sign_in_url="", certificates=[])


def test_the_settings_say_which_version_is_in_force(system: TestSystem) -> None:
    school = system.school("northbridge")
    wiring = system.wiring("console")
    newer = replace(GOOGLE, version=2)
    for each in (GOOGLE, newer):
        wiring.connections("northbridge").add(each)
    assert in_force(wiring, school, "google") is None
    assert to_try(wiring, school, "google") == newer
    sso = school.settings.sso.with_connections([GOOGLE.public])
    switched = replace(school, settings=replace(school.settings, sso=sso))
    assert in_force(wiring, switched, "google") == replace(GOOGLE, on=True)
    assert to_try(wiring, switched, "google") == newer
    assert in_force(wiring, switched, "nobody") is None
    assert to_try(wiring, switched, "nobody") is None
