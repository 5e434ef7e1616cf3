"""The code in what somebody pasted: that code and no other, whatever stands around it, and none that is not there."""

import re
import time
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from latchkey.codes.model.codes import LONGEST_NUMBER, Kind, code, read, redeem_url
from latchkey.codes.model.pasted import LONGEST, codes_in

KEY = b"k" * 32
kinds = st.sampled_from(get_args(Kind))
printed = st.builds(code, kinds, st.integers(1, LONGEST_NUMBER), st.integers(1, 10_000), st.just(KEY))
separators = st.sampled_from(["-", "", " ", ".", "_", " - ", "\u2011", "\u2013", "\u00a0", "\n", "\u00ad", '" "', "\u2019"])
around = st.text(max_size=60) | st.sampled_from(
    [
        "PIN: ",
        "Parent code ",
        "'",
        '"',
        " until 24/02/2027",
        "https://latchkey.example/r/northbridge#",
        "?utm_source=mail",
        "&fbclid=IwAR0",
        "%22",
        "%E2%80%9D",
        " for 7F PE, room P2",
        ". Keep it safe.",
        "F ",
        "P2 ",
        "<br>",
    ]
)
PIN, PARENT = code("pin", 4711, 3, KEY), code("parent", 4711, 3, KEY)


@given(made=printed, between=separators, before=around, after=around, small=st.booleans())
@example(made=PARENT, between="-", before="F222 ", after=" 2346", small=False)
def test_a_whole_code_is_found_and_no_other(made: str, between: str, before: str, after: str, small: bool) -> None:
    assume(not re.search("[A-Za-z0-9]$", before))
    assume(not re.match("[A-Za-z0-9]", after))
    # an escape that begins before the code would take its first signs with it
    assume(not before.endswith(("%", "&", "#")) or before.endswith("northbridge#"))
    inside = made.replace("-", between)
    assert codes_in(before + (inside.lower() if small else inside) + after) == (read(made),)


@given(typed=st.text(alphabet="PFV2346789CDFHpf -.%&;#'\n\u2013", max_size=80) | st.text(max_size=80))
def test_what_is_found_stands_there_sign_by_sign(typed: str) -> None:
    signs = re.sub("[^A-Z0-9]", "", re.sub("%[0-9A-Fa-f]{2}", "", typed).upper())
    for each in codes_in(typed):
        assert read(each.text) == each
        assert "%" in typed or "&" in typed or each.text in signs


@pytest.mark.parametrize(
    "typed",
    [
        f"'{PIN}",
        f"PIN: {PIN}",
        f"{PIN} until 24/02/2027",
        f"\u201c{PIN}\u201d",
        PIN.replace("-", "."),
        PIN.replace("-", "_"),
        redeem_url("https://latchkey.example", "northbridge", PIN),
        redeem_url("https://latchkey.example", "northbridge", PIN) + "%20until%2024%2F02%2F2027",
        f"https://latchkey.example/schools/northbridge/redeem#{PIN}&amp;fbclid=x",
        PIN.replace("-", "%20"),
        PIN.replace("-", "%252D"),
        PIN.replace("-", "&ndash;"),
        " ".join(PIN.replace("-", "")) + ".",
        f"my pin is {PIN.lower()}, thank you",
        f"PIN\t{PIN}\r\n",
        f"{PIN} {PIN}",
    ],
)
def test_what_lists_letters_and_mail_programs_make_of_a_pin(typed: str) -> None:
    assert codes_in(typed) == (read(PIN),)


def test_a_line_with_both_codes_has_two() -> None:
    assert codes_in(f"PIN {PIN}, parent code {PARENT}") == (read(PIN), read(PARENT))


def test_a_group_of_a_code_that_begins_like_one_begins_none() -> None:
    """In a parent code, from a group that begins with P on, what follows may have a PIN's form and check sign."""
    inside = next(
        made for number in range(1, 400_000) if (made := code("parent", number, 1, KEY))[5] == "P" and read(made[5:]) is not None
    )
    assert codes_in(f"Code {inside}.") == (read(inside),)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hello",
        "P2346",
        f"x{PIN}",
        f"{PIN}4",
        PIN[:-1] + "\u0130",
        f"{PIN[:6]}hello{PIN[6:]}",
        f"Code {PIN.replace('-', '     ')}",
        None,
        7,
    ],
)
def test_what_is_no_whole_code_has_none(typed: object) -> None:
    assert codes_in(typed) == ()


def test_a_text_that_is_too_long_is_not_looked_through() -> None:
    assert codes_in(PIN.ljust(LONGEST)) == (read(PIN),)
    assert codes_in(PIN.ljust(LONGEST + 1)) == ()


def test_a_hostile_text_costs_little() -> None:
    begun = time.thread_time()
    for text in ("P" * LONGEST, "P3" * 500, "P ." * 333, "F3    " * 166, "%25" * 333, "&amp;" * 200, ("P" + " 3" * 10) * 47):
        codes_in(text)
    assert time.thread_time() - begun < 2
