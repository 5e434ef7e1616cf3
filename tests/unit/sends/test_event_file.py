"""A file of events: what Firehose writes, in any blocks, and what is damaged in it."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.sends.model.event_file import LONGEST, BrokenFile, events_in
from tests.support.ses_events import event

EVENTS = [event("Delivery", [f"p{number}ü@x.example"], number, send="0" * 26, chunk=number) for number in range(1, 6)]
READ = [json.loads(each) for each in EVENTS]


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    yield from (data[place : place + size] for place in range(0, len(data), size))


@pytest.mark.parametrize("between", ["", "\n", " \r\n"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("size", [1, 101, 10**6])
def test_records_are_found_whatever_stands_between_and_wherever_a_block_ends(between: str, packed: bool, size: int) -> None:
    data = between.join(EVENTS).encode()
    assert list(events_in(blocks(gzip.compress(data) if packed else data, size))) == READ


def test_a_file_packed_in_several_pieces_is_one_file() -> None:
    assert list(events_in(blocks(b"".join(gzip.compress(each.encode()) for each in EVENTS), 100))) == READ


def test_nothing_is_no_event() -> None:
    assert list(events_in([])) == []
    assert list(events_in([gzip.compress(b"")])) == []
    assert list(events_in([b" \n"])) == []


@pytest.mark.parametrize("size", [313, 10**6])
@pytest.mark.parametrize(
    "rubbish", [EVENTS[0][:200], "no json", "[1, 2]", "17", '"text"', '{"version":"0"', "\x00\x01", "{" * 5000, "[" * 100_000]
)
def test_rubbish_stops_no_other_record(rubbish: str, size: int) -> None:
    for place in range(len(EVENTS) + 1):
        data = "".join([*EVENTS[:place], rubbish, *EVENTS[place:]]).encode()
        found = list(events_in(blocks(data, size)))
        assert [each for each in found if each is not None] == READ
        assert None in found


def test_bytes_that_are_no_text_spoil_their_own_record_only() -> None:
    broken = EVENTS[1].encode().replace(b'"source"', b'"sou\xff\xfe"', 1)
    first, second, third = events_in([EVENTS[0].encode() + broken + EVENTS[2].encode()])
    assert (first, third) == (READ[0], READ[2])
    assert second is not None
    assert second["detail"] == READ[1]["detail"]


def test_rubbish_without_end_is_not_kept_in_memory() -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b'{"a":"' + b"x" * 100_000
        yield EVENTS[0].encode()

    found = list(events_in(endless()))
    assert found[-1] == READ[0]
    assert found.count(None) >= 40 * 100_000 // (LONGEST + 200_000)


@pytest.mark.parametrize("kept", [20, 100, -9, -1])
def test_a_packed_file_that_is_cut_off_says_so_after_what_can_be_read(kept: int) -> None:
    found: list[Any] = []
    with pytest.raises(BrokenFile):
        found.extend(events_in([gzip.compress("".join(EVENTS).encode())[:kept]]))
    assert found == READ[: len(found)]
    assert kept != -1 or found == READ


def test_a_damaged_packed_file_says_so() -> None:
    data = bytearray(gzip.compress("".join(EVENTS).encode()))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(BrokenFile):
        list(events_in([bytes(data)]))


def test_a_small_file_that_is_packed_from_much_is_unpacked_step_by_step() -> None:
    """Ten megabytes of white space in ten kilobytes, and an event behind them."""
    data = gzip.compress(b" " * 10_000_000 + EVENTS[0].encode())
    assert list(events_in([data])) == READ[:1]
