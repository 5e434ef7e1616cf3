"""Codes of apps: the vectors of RFC 6238, one step around, and nothing further."""

import base64

import pytest

from latchkey.second_factors.one_time_codes import address, is_code, step_of
from tests.support.authenticator import app_code

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
]
"""RFC 6238, appendix B, of which apps show the last six digits."""


@pytest.mark.parametrize(("at", "code"), VECTORS)
def test_vectors_of_the_rfc(at: int, code: str) -> None:
    assert step_of(SECRET, code[2:], at) == at // 30
    assert app_code(SECRET, at) == code[2:]


@pytest.mark.parametrize(("step", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_around_counts(step: int, counts: bool) -> None:
    at = 1_800_000_000
    assert step_of(SECRET, app_code(SECRET, at, step), at) == (at // 30 + step if counts else None)


@pytest.mark.parametrize("typed", ["123 456", "123-456", " 123456\u00a0"])
def test_what_stands_between_digits_does_not_matter(typed: str) -> None:
    assert is_code(typed)
    assert step_of(SECRET, "287 082", 59) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "\ud800" * 6, "0" * 5_000])
def test_what_is_no_code(typed: str) -> None:
    assert not is_code(typed)
    assert step_of(SECRET, typed, 59) is None


def test_what_an_app_reads() -> None:
    said = address(SECRET, "ann", "Northbridge Academy")
    assert said == f"otpauth://totp/Northbridge%20Academy:ann?secret={SECRET}&issuer=Northbridge%20Academy"
