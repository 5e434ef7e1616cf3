"""What looks and tries have found, on moto and in memory."""

from dataclasses import replace

import pytest

from latchkey.errors import Changed
from latchkey.sso.model.findings import Finding, from_values
from latchkey.sso.model.look import Look
from latchkey.sso.model.trial import OPEN_FOR, Trial
from tests.support.system import START, TestSystem

NOW = int(START)
TRIAL = Trial(id="a" * 26, connection="google", version=1, by="b" * 20, at=NOW)
KEYS = Finding(check="keys", state="ok")


def test_the_last_look_at_each_connection_is_kept(system: TestSystem) -> None:
    system.school("northbridge")
    looks = system.wiring("console").sso_looks("northbridge")
    refused = Finding(check="secret", state="stop", why="refused", said="invalid_client")
    looks.put(Look(connection="google", version=1, at=NOW, findings=(KEYS,)))
    newest = Look(connection="google", version=2, at=NOW + 1, findings=(KEYS, refused))
    other = Look(connection="entra", version=1, at=NOW, findings=(KEYS,))
    looks.put(newest)
    looks.put(other)
    assert looks.all() == {"google": newest, "entra": other}
    assert (newest.state, other.state) == ("stop", "ok")
    looks.forget("google")
    assert looks.all() == {"entra": other}


def test_a_try_ends_once_and_only_the_newest(system: TestSystem) -> None:
    system.school("northbridge")
    looks = system.wiring("console").sso_looks("northbridge")
    looks.begin(TRIAL)
    assert looks.trial("google") == TRIAL
    newer = replace(TRIAL, id="c" * 26, at=NOW + 5)
    looks.begin(newer)
    ended = replace(TRIAL, ended_at=NOW + 9, findings=(KEYS,), account="ann@x.example", person="d" * 20)
    with pytest.raises(Changed):
        looks.end(ended)
    done = replace(ended, id=newer.id, at=newer.at)
    looks.end(done)
    with pytest.raises(Changed):
        looks.end(done)
    assert looks.trial("google") == done
    assert looks.trial("entra") is None


def test_a_try_is_open_until_it_has_ended_or_its_time_is_over() -> None:
    assert TRIAL.is_open(NOW + OPEN_FOR - 1)
    assert not TRIAL.is_open(NOW + OPEN_FOR)
    assert not replace(TRIAL, ended_at=NOW).is_open(NOW + 1)


def test_what_is_not_known_of_a_finding_is_left_out() -> None:
    written = [
        {"check": "secret", "state": "stop", "why": "of a later release", "said": "<script>"},
        {"check": "of a later release", "state": "ok", "why": "", "said": ""},
    ]
    assert from_values(written) == (Finding(check="secret", state="stop"),)
