"""How many write and read units of DynamoDB a link costs, and how many requests of SQS: plan, delivery, what SES tells, the roll.

Counted on a simulated clock by the deployed rules, queues and windows (``make bench ARGS=links`` has the prices), so it needs no
quiet machine. The figures are what a link costs now: a change that makes it dearer is one to decide, not to find in a bill.
"""

import pytest

from tests.bench.links_cost import chain

PARTS = ("plan and delivery", "feedback", "the roll")


@pytest.mark.parametrize(
    ("rate", "people", "most"),
    [(14.0, 1_000, {"plan and delivery": 0.32, "feedback": 0.16, "the roll": 0.19}),
     (200.0, 1_000, {"plan and delivery": 0.42, "feedback": 0.18, "the roll": 0.19})],
)  # fmt: skip
def test_write_units_of_a_link(rate: float, people: int, most: dict[str, float]) -> None:
    parts = chain(rate, people)
    assert {name: parts[name].written / people for name in PARTS if parts[name].written / people > most[name]} == {}


def test_read_units_and_requests_of_sqs_of_a_link() -> None:
    parts = chain(14.0, 1_000)
    assert sum(part.read for part in parts.values()) <= 1.2 * 1_000  # each person is read once before they are mailed
    assert sum(part.requests for part in parts.values()) <= 0.03 * 1_000  # events come in files of a minute
    assert parts["feedback"].gathered == 1_000 * 5 * 1024  # Firehose charges each event as five kilobytes
    assert parts["feedback"].calls["put_object"] <= 3


@pytest.mark.parametrize(("rate", "people", "most"), [(14.0, 1_000, 0.15), (200.0, 4_000, 0.10)])
def test_dollars_of_100000_links(rate: float, people: int, most: float) -> None:
    """List prices; without the lines that delivery logs."""
    assert sum(part.dollars() for part in chain(rate, people).values()) / people * 100_000 <= most
