"""Start times as scripts and forms give them."""

from datetime import UTC, datetime

import pytest

from latchkey.errors import Invalid
from latchkey.sends.model import start_time

NOW = int(datetime(2026, 3, 20, 12, tzinfo=UTC).timestamp())


def test_a_form_gives_the_time_of_the_schools_clock() -> None:
    assert start_time.parse("2026-04-01T18:00", NOW, is_local=True) == start_time.parse("2026-04-01T17:00:00Z", NOW)


@pytest.mark.parametrize("text", ["2026-03-29T01:30", "2026-02-30T10:00", "18:00", "2026-03-20T11:00", "2026-05-01T10:00"])
def test_a_form_cannot_give_a_time_that_is_not_there(text: str) -> None:
    with pytest.raises(Invalid):
        start_time.parse(text, NOW, is_local=True)


@pytest.mark.parametrize("value", [5, [], "2026-03-21T10:00:00", "2026-03-21", "tomorrow", "2026-03-21T25:00:00Z", ""])
def test_a_script_gives_an_offset(value: object) -> None:
    with pytest.raises(Invalid):
        start_time.parse(value, NOW)
