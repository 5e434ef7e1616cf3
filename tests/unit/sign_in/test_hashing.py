"""Argon2id as OWASP asks for it, and the same work where there is nobody."""

import re
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from latchkey.sign_in import hashing

PARAMETERS = r"\$argon2id\$v=19\$m=19456,t=2,p=1\$"


def test_a_hash_has_the_parameters_that_were_decided_and_its_own_salt() -> None:
    one, other = hashing.hash_of("kettle canoe"), hashing.hash_of("kettle canoe")
    assert one != other
    assert re.match(PARAMETERS, one)
    assert hashing.verify(one, "kettle canoe")
    assert not hashing.verify(one, "kettle canoe ")
    assert not hashing.is_dated(one)


def test_the_whole_password_counts() -> None:
    long = "k" * 255
    assert not hashing.verify(hashing.hash_of(long + "a"), long + "b")


def test_the_hash_of_nobody_has_the_same_parameters_and_matches_nothing() -> None:
    assert re.match(PARAMETERS, hashing.NOBODY)
    assert not hashing.is_dated(hashing.NOBODY)
    assert len(hashing.NOBODY) == len(hashing.hash_of("x"))
    for password in ("", "password", "kettle canoe"):
        assert not hashing.verify(None, password)
        assert not hashing.verify(hashing.NOBODY, password)


def test_what_is_no_hash_matches_nothing() -> None:
    for kept in ("", "plain", "$argon2id$", "$2b$12$" + "x" * 53, "é"):
        assert not hashing.verify(kept, kept)


def test_nobody_costs_the_work_that_somebody_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One run of Argon2 each, over the same bytes and with the same parameters: its time depends on nothing else."""
    kept = hashing.hash_of("kettle canoe")
    runs: list[Any] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, hashed: str, password: bytes) -> Any:
        runs.append((extract_parameters(hashed), len(hashed), password))
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for who in (kept, None):
        assert not hashing.verify(who, "wrong")
    somebody, nobody = runs
    assert somebody == nobody
