"""Argon2id as OWASP asks for it, and the same work where there is nobody."""

import re
import statistics
import time

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


def test_nobody_takes_as_long_as_somebody() -> None:
    """Interleaved, so that a busy machine slows both; the medians of what is done may differ by little."""
    kept = hashing.hash_of("kettle canoe")
    times: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(25):
        for who, seen in times.items():
            start = time.perf_counter()
            hashing.verify(who, "wrong")
            seen.append(time.perf_counter() - start)
    somebody, nobody = statistics.median(times[kept]), statistics.median(times[None])
    assert 0.6 < nobody / somebody < 1.6
