"""A school's colour on pages: what stands on it can be read, and buttons can be seen, by day and by night."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.schools.model.screen_colours import DAY, NIGHT, SHAPE, TEXT, by_day, by_night
from latchkey.shared.model.colours import code_of, colour_of, contrast

CSS = Path(__file__).parents[3] / "functions/web/assets/latchkey.css"


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_can_be_read_and_seen(number: int) -> None:
    code = f"#{number:06x}"
    for shades, grounds in ((by_day(code), DAY), (by_night(code), NIGHT)):
        assert shades.bar == code
        assert contrast(colour_of(shades.bar), colour_of(shades.on_bar)) >= TEXT
        assert contrast(colour_of(shades.button), colour_of(shades.on_button)) >= TEXT
        assert contrast(colour_of(shades.button_over), colour_of(shades.on_button)) >= TEXT
        assert all(contrast(colour_of(shades.button), ground) >= SHAPE for ground in grounds)


@pytest.mark.parametrize("code", ["#1b4d5c", "#7a1f2b", "#0b3d2e"])
def test_a_dark_colour_stays_itself_by_day(code: str) -> None:
    assert by_day(code).button == code


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    said = re.findall(r"--(paper|back): (#[0-9a-f]{3,6})[;\s]", CSS.read_text("utf-8"))
    full = [code if len(code) == 7 else "#" + "".join(sign * 2 for sign in code[1:]) for _, code in said]
    assert full[:4] == [*map(code_of, DAY), *map(code_of, NIGHT)]
