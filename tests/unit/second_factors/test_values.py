"""Recovery codes, secrets, handles and domains."""

import pytest

from latchkey.second_factors.model.recovery_codes import HOW_MANY, hash_of, new_codes
from latchkey.second_factors.model.relying_party import relying_party
from latchkey.second_factors.model.secrets import app_secret, key_label, person_of, user_handle

KEY = bytes(range(32))
VECTOR = "6DCXSYPVUQ3VIZGA6DU5YZSVFEXLUVMH"
ANN = "0123456789abcdefghjk"


def test_ten_codes_of_125_bits() -> None:
    codes = {code for _ in range(20) for code in new_codes()}
    assert len(codes) == 20 * HOW_MANY
    assert {len(code) for code in codes} == {29}
    assert {len(group) for code in codes for group in code.split("-")} == {5}
    assert set("".join(codes)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")


@pytest.mark.parametrize(
    "typed",
    [
        "01234-56789-ABCDE-FGHJK-MNPQR",
        "0123456789abcdefghjkmnpqr",
        " o1234 56789 abcde fghjk mnpqr ",
        "OI234–56789–ABCDE–FGHJK–MNPQR",
    ],
)
def test_a_code_may_be_typed_in_many_ways(typed: str) -> None:
    """Never change this: every recovery code on paper would be dead."""
    assert hash_of(typed) == "950fd3f2ccfc367cccaf9c1e3aa58e0c1ec524f6383e2d45456e211da4e448bd"


@pytest.mark.parametrize("typed", ["", "123456", "0123456789ABCDEFGHJKMNPQ", "0123456789ABCDEFGHJKMNPQRS", "U" * 25, "é" * 25])
def test_what_is_no_recovery_code(typed: str) -> None:
    assert hash_of(typed) is None


def test_what_a_secret_is_computed_from() -> None:
    """Never change these: every app in everybody's phone would show wrong codes."""
    assert key_label("northbridge") == "latchkey/second-factors/v1/northbridge"
    assert app_secret(ANN, "ab" * 16, KEY) == VECTOR
    others = {
        app_secret("0123456789abcdefghjm", "ab" * 16, KEY),
        app_secret(ANN, "ac" * 16, KEY),
        app_secret(ANN, "ab" * 16, KEY[::-1]),
    }
    assert len(others | {VECTOR}) == 4


def test_a_handle_names_its_school_and_person_to_us_only() -> None:
    for person in (ANN, "0123456789abcdefghjkmnpqrs"):
        handle = user_handle("northbridge", person)
        assert len(handle) <= 64
        assert b"northbridge" not in handle
        assert person_of(handle, "northbridge") == person
        assert person_of(handle, "southgate") is None
    for odd in (b"", b"x" * 8, b"x" * 64, bytes(range(256))):
        assert person_of(odd, "northbridge") is None


@pytest.mark.parametrize(
    ("origin", "chosen", "party"),
    [
        ("http://localhost:8000", "", "localhost"),
        ("https://accounts.school.example", "", "accounts.school.example"),
        ("https://accounts.school.example", "school.example", "school.example"),
        ("https://accounts.school.example", "accounts.school.example", "accounts.school.example"),
    ],
)
def test_the_domain_of_passkeys(origin: str, chosen: str, party: str) -> None:
    found = relying_party(origin, chosen)
    assert (found.id, found.origin) == (party, origin)


@pytest.mark.parametrize("chosen", ["other.example", "ccounts.school.example", "hool.example", "x.accounts.school.example"])
def test_no_other_domain_can_be_chosen(chosen: str) -> None:
    with pytest.raises(ValueError, match="RP_ID"):
        relying_party("https://accounts.school.example", chosen)
