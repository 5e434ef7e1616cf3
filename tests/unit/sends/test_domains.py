"""Counts by domain follow the ledger, whatever order its facts come in, and never grow past their bound."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.domains import NOTHING, OTHER, DomainCounts, domain_of, in_order, merged, moves
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Chunk, Mail

ONE, TWO = (MailAccount(person=f"{number:020d}", name="A", role="student", login="a", version=0, stamp="s") for number in (1, 2))
MAILS = (Mail(to="ann@x.example", accounts=(ONE,)), Mail(to="home@Y.example", accounts=(ONE, TWO)))
CHUNK = Chunk(send="s", number=1, origin="admin", mail="reset", expires_at=0, mails=MAILS)
FACTS = [
    Fact("planned"),
    Fact("sending"),
    Fact("sent"),
    Fact("delayed", "delay"),
    Fact("delivered"),
    Fact("complained"),
    Fact("failed", "rejected"),
    Fact("skipped", "left"),
    Fact("cancelled"),
    Fact("bounced", "hard"),
    Fact("bounced", "hard_filter"),
    Fact("bounced", "soft_filter"),
    Fact("bounced", "hard_ours"),
    Fact("bounced", "soft_ours"),
    Fact("bounced", "soft"),
    Fact("bounced", None),
]


def said(*facts: Fact) -> Chunk:
    return replace(CHUNK, mails=tuple(mail.with_fact(fact) for mail, fact in zip(MAILS, facts, strict=True)))


@pytest.mark.parametrize(
    ("fact", "counts"),
    [
        (Fact("sent"), NOTHING),
        (Fact("failed", "rejected"), NOTHING),
        (Fact("skipped", "bounced_before"), NOTHING),
        (Fact("delayed", "delay"), DomainCounts(sent=1)),
        (Fact("delivered"), DomainCounts(sent=1, delivered=1)),
        (Fact("complained"), DomainCounts(sent=1, delivered=1)),
        (Fact("bounced", "soft"), DomainCounts(sent=1)),
        (Fact("bounced", "hard"), DomainCounts(sent=1, dead=1)),
        (Fact("bounced", "hard_suppressed"), DomainCounts(sent=1, dead=1)),
        (Fact("bounced", "soft_filter"), DomainCounts(sent=1, refused_by_filter=1)),
        (Fact("bounced", "hard_ours"), DomainCounts(sent=1, refused_by_us=1)),
    ],
)
def test_each_fact_has_its_counts_by_people(fact: Fact, counts: DomainCounts) -> None:
    found = moves(CHUNK, said(fact, fact))
    assert found.get("x.example", NOTHING) == counts
    assert found.get("y.example", NOTHING) == counts.plus(counts)


@given(st.lists(st.tuples(st.sampled_from(FACTS), st.sampled_from(FACTS)), min_size=1))
def test_whatever_the_order_the_counts_are_those_of_the_last_facts(steps: list[tuple[Fact, Fact]]) -> None:
    chunk, counts = CHUNK, dict[str, DomainCounts]()
    for step in steps:
        after = said(*step)
        counts = merged(counts, [moves(chunk, after)])
        chunk = after
    assert {domain: each for domain, each in counts.items() if each != NOTHING} == moves(CHUNK, chunk)


def test_notices_count_as_used_once_and_tests_not_at_all() -> None:
    heard = said(Fact("delivered"), Fact("bounced", "hard"))
    assert moves(CHUNK, replace(heard, mail="password_changed")) == {"x.example": DomainCounts(used=1)}
    assert moves(CHUNK, replace(heard, test=True)) == {}


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(0, 9), max_size=30), st.integers(1, 8))
def test_beyond_the_bound_the_smallest_are_one_line_and_nobody_is_lost(found: dict[str, int], most: int) -> None:
    counts = merged({}, [{domain: DomainCounts(sent=count)} for domain, count in found.items()], most)
    assert len(counts) <= most + 1
    assert sum(each.sent for each in counts.values()) == sum(found.values())
    named = [each.sent for domain, each in counts.items() if domain != OTHER]
    assert (
        sorted(named, reverse=True)
        == sorted((count for domain, count in found.items() if domain != OTHER), reverse=True)[: len(named)]
    )


def test_a_stranger_cannot_push_out_a_domain_that_is_mailed() -> None:
    counts = merged({}, [{"pupils.example": DomainCounts(sent=2)}], 3)
    for number in range(1_000):
        counts = merged(counts, [{f"junk{number}.example": DomainCounts(sent=1)}], 3)
    assert counts["pupils.example"] == DomainCounts(sent=2)
    assert counts[OTHER].sent == 998


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ann@X.Example", "x.example"),
        ("a@b@c.example", "c.example"),
        ("Ann <ann@x.example>", "x.example"),
        ("ann", OTHER),
        ("ann@localhost", OTHER),
        ("", OTHER),
        ("ann@" + "a" * 250 + ".example", OTHER),
        ("ann@x\u202e.example", OTHER),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_the_order_of_the_page() -> None:
    counts = {"b.example": DomainCounts(sent=1), OTHER: DomainCounts(sent=9, delivered=-2), "a.example": DomainCounts(used=3)}
    assert in_order(counts) == [
        ("a.example", DomainCounts(used=3)),
        ("b.example", DomainCounts(sent=1)),
        (OTHER, DomainCounts(sent=9)),
    ]
