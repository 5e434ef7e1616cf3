"""The token between two steps of signing in: of this school, of the last minutes, and of nobody's making but ours."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.sign_in.model.proof_tokens import LIFE, Kept, seal, unseal

KEY = bytes(range(32))
NOW = 1_800_000_000
KEPT = Kept(person="0123456789abcdefghjk", version=3, stamp="abcdefabcdef", ways=("password",), proved_at=None, at=NOW)


def test_a_token_says_what_was_kept() -> None:
    for kept in (KEPT, replace(KEPT, ways=("password", "totp"), proved_at=NOW)):
        assert unseal(seal(kept, "northbridge", KEY), "northbridge", KEY, NOW) == kept


def test_it_lives_ten_minutes() -> None:
    token = seal(KEPT, "northbridge", KEY)
    assert unseal(token, "northbridge", KEY, NOW + LIFE - 1) == KEPT
    assert unseal(token, "northbridge", KEY, NOW + LIFE) is None


def test_it_is_of_one_school_and_one_key() -> None:
    token = seal(KEPT, "northbridge", KEY)
    assert unseal(token, "southgate", KEY, NOW) is None
    assert unseal(token, "northbridge", KEY[::-1], NOW) is None


def test_no_sign_of_it_can_be_changed() -> None:
    token = seal(KEPT, "northbridge", KEY)
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        assert unseal(token[:place] + other + token[place + 1 :], "northbridge", KEY, NOW) is None
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    longer = base64.urlsafe_b64encode(raw + b" ").rstrip(b"=").decode()
    assert unseal(longer, "northbridge", KEY, NOW) is None


@pytest.mark.parametrize("text", [None, 7, "", "=", "a", "é" * 20, "A" * 601, ["a"], {}])
def test_anything_else_is_no_token(text: object) -> None:
    assert unseal(text, "northbridge", KEY, NOW) is None


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    assert unseal(text, "northbridge", KEY, NOW) is None
