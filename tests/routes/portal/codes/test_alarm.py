"""The alarm about guessed codes rings, whatever others do to the same counter in the same moment."""

import threading
from collections.abc import Iterator

import pytest

from latchkey.codes.check_code import ALARM_AT, PER_SCHOOL, check_code
from latchkey.codes.model import codes
from latchkey.errors import Gone, TooMany
from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from tests.support.portal import Portal
from tests.support.system import START

LIVE = CodeState(3, START + 90 * DAY)


def wrong(portal: Portal) -> Iterator[str]:
    """Codes that were never made, each of another student."""
    key = portal.wiring.code_key("northbridge")
    return (codes.code("pin", number, 1, key) for number in range(1_000, 10_000))


def fail(portal: Portal, code: str, at: int) -> None:
    with pytest.raises(Gone):
        check_code(portal.wiring, "northbridge", code, f"198.51.{at % 250}.{at // 250}")


def told(caplog: pytest.LogCaptureFixture) -> list[int]:
    """How many failures each alarm has told."""
    return [record.__dict__["failures"] for record in caplog.records if record.message == "codes are being guessed"]


def in_flight(portal: Portal, change: int) -> None:
    """Genuine codes that others have typed in this moment are counted, and soon will not be."""
    portal.wiring.counters("CREDENTIALS_TABLE", "northbridge").count(PER_SCHOOL, "all", portal.wiring.now(), change)


@pytest.mark.parametrize("genuine", [1, 7])
def test_a_mark_that_no_failure_has_seen_is_told_by_the_next_one_and_once(
    portal: Portal, caplog: pytest.LogCaptureFixture, genuine: int
) -> None:
    tried = wrong(portal)
    for at in range(ALARM_AT[0] - 1):
        fail(portal, next(tried), at)
    assert told(caplog) == []
    in_flight(portal, genuine)
    fail(portal, next(tried), 100)
    assert told(caplog) == [100 + genuine]
    in_flight(portal, -genuine)
    for at in range(101, 110):
        fail(portal, next(tried), at)
    assert told(caplog) == [100 + genuine], "and nobody tells it again, also who passes the mark on the way up"


def test_genuine_codes_and_wrong_ones_at_once_ring_it_once(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    pupils = [portal.add(f"ann{n}", number=7 + n, pin=LIVE, parent_code=LIVE, password=None) for n in range(40)]
    tried = wrong(portal)
    for at in range(ALARM_AT[0] - 20):
        fail(portal, next(tried), at)

    def both(code: str, at: int) -> None:
        right = portal.code(pupils[at - 80], "parent")  # of their own: more than ten tries at one code at once are refused
        check_code(portal.wiring, "northbridge", right, f"203.0.113.{at}")
        fail(portal, code, at)
        check_code(portal.wiring, "northbridge", right, f"203.0.113.{at}")

    threads = [threading.Thread(target=both, args=(code, at)) for at, code in zip(range(80, 120), tried, strict=False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(caplog)) == 1
    assert ALARM_AT[0] <= told(caplog)[0] < ALARM_AT[1]


def test_who_is_refused_over_the_budget_rings_it_as_well(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    tried = wrong(portal)
    in_flight(portal, PER_SCHOOL.limit)
    for at in range(5):
        with pytest.raises(TooMany):
            check_code(portal.wiring, "northbridge", next(tried), f"198.51.100.{at}")
    assert told(caplog) == [PER_SCHOOL.limit + 1]


def test_each_hour_and_each_school_tells_its_own(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    tried = wrong(portal)
    for turn in range(2):
        in_flight(portal, ALARM_AT[0])
        fail(portal, next(tried), turn)
        portal.system.clock.now += PER_SCHOOL.window
    assert told(caplog) == [101, 101]
    fail(portal, next(tried), 3)
    assert len(told(caplog)) == 2
