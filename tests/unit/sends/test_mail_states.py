"""The states of a mail: events come in any order and more than once, and the same fact is left."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.ledger import GRACE, apply_event, grace_left, merge, settle, take, tally
from latchkey.sends.model.mail_states import MAIL_STATES, OPEN, OUT, Fact, is_hard, stronger
from latchkey.sends.model.send import Chunk, Mail, Tally, with_state

TOLD = [
    Fact("sent"),
    Fact("delayed", "delay"),
    Fact("delayed", "delay_mailbox_full"),
    Fact("bounced", "soft"),
    Fact("bounced", "soft_mailbox_full"),
    Fact("bounced", "hard"),
    Fact("bounced", "hard_no_mailbox"),
    Fact("delivered"),
    Fact("complained"),
    Fact("failed", "rejected"),
]
NOW = 1_800_000_000
facts = st.builds(lambda fact, at: Fact(fact.state, fact.reason, at), st.sampled_from(TOLD), st.integers(NOW, NOW + 99))
starts = st.sampled_from(
    [Fact(state) for state in MAIL_STATES if state in {"planned", "sending", "sent", "cancelled", "expired"}]
)


def mail(number: int, state: str = "planned", people: int = 1, at: int = NOW) -> Mail:
    accounts = tuple(
        MailAccount(person=f"{number:010d}{each:010d}", name="A", role="student", login="a", version=0, stamp="s")
        for each in range(people)
    )
    return with_state(Mail(to=f"p{number}@x.example", accounts=accounts), state, None, at)  # type: ignore[arg-type]


def chunk(*mails: Mail) -> Chunk:
    return Chunk(send="s" * 26, number=1, origin="admin", mail="reset", expires_at=NOW + 9_999, mails=mails)


def known(start: Fact, told: list[Fact]) -> Fact:
    for fact in told:
        start = stronger(start, fact)
    return start


@given(st.data(), starts, st.lists(facts, max_size=8))
def test_the_order_of_events_and_their_repetition_change_nothing(data: st.DataObject, start: Fact, told: list[Fact]) -> None:
    other = data.draw(st.permutations(told + told))
    first, second = known(start, told), known(start, list(other))
    assert (first.state, first.reason) == (second.state, second.reason)


def test_a_mail_is_open_or_out_or_neither() -> None:
    """A send is done when nothing of it is open; the brake and cancelling count what is out."""
    states = {
        "planned": "open",
        "sending": "open",
        "sent": "out",
        "delayed": "out",
        "delivered": "out",
        "bounced": "out",
        "complained": "out",
        "skipped": "neither",
        "failed": "neither",
        "cancelled": "neither",
        "expired": "neither",
    }
    found = {state: "open" if state in OPEN else "out" if state in OUT else "neither" for state in MAIL_STATES}
    assert found == states
    assert not OPEN & OUT


ORDER = [
    Fact("planned"),
    Fact("sending"),
    Fact("cancelled"),
    Fact("expired"),
    Fact("sent"),
    Fact("failed", "rejected"),
    Fact("delayed", "delay"),
    Fact("delayed", "delay_mailbox_full"),
    Fact("bounced"),
    Fact("bounced", "soft"),
    Fact("bounced", "soft_mailbox_full"),
    Fact("delivered"),
    Fact("bounced", "hard"),
    Fact("bounced", "hard_no_mailbox"),
    Fact("complained"),
    Fact("skipped", "left"),
]
"""From the weakest to the strongest; of two with the same state the one that says more, or is later in the alphabet."""
SAME = [fact for fact in ORDER if (fact.reason is None and fact.state == "bounced") or "_" in (fact.reason or "")]
"""Those of them that are as strong as another but for their words."""


@pytest.mark.parametrize(("weak", "strong"), list(combinations(ORDER, 2)))
def test_the_stronger_fact_wins(weak: Fact, strong: Fact) -> None:
    assert stronger(weak, strong) == strong
    assert stronger(strong, weak) == strong


@pytest.mark.parametrize(("weak", "strong"), list(combinations((fact for fact in ORDER if fact not in SAME), 2)))
def test_the_weaker_fact_loses_whatever_it_says(weak: Fact, strong: Fact) -> None:
    more = replace(weak, reason=f"{weak.reason or ''}zzz", at=NOW, detail="z")
    assert stronger(more, strong) == strong
    assert stronger(strong, more) == strong


def test_every_state_has_its_place_in_the_order() -> None:
    assert {fact.state for fact in ORDER} == set(MAIL_STATES)


def test_a_repeated_fact_changes_nothing_not_even_the_time() -> None:
    for fact in ORDER:
        assert stronger(fact, replace(fact, at=NOW, detail="again")) == fact


def test_a_fact_knows_no_more_than_it_is_told() -> None:
    assert Fact("sent") == Fact("sent", None, 0, "")


@pytest.mark.parametrize(
    ("state", "reason", "hard"),
    [
        ("bounced", "hard", True),
        ("bounced", "hard_no_mailbox", True),
        ("bounced", "soft", False),
        ("bounced", "soft_hard", False),
        ("bounced", None, False),
        ("failed", "hard", False),
        ("delayed", "hard", False),
    ],
)
def test_a_mail_bounced_for_good_or_not(state: str, reason: str | None, hard: bool) -> None:
    assert is_hard(state, reason) == hard


def test_a_late_sent_of_the_worker_changes_nothing_and_nor_does_a_repeated_event() -> None:
    delivered = Fact("delivered", None, 5)
    assert stronger(delivered, Fact("sent", None, 9)) == delivered
    assert stronger(delivered, Fact("delivered", None, 9)) == delivered


def test_who_was_skipped_stays_skipped() -> None:
    assert all(stronger(Fact("skipped", "left"), fact) == Fact("skipped", "left") for fact in TOLD)


@given(st.lists(st.tuples(st.integers(0, 4), facts), max_size=30), st.data())
def test_a_chunk_ends_the_same_for_every_order_and_its_sum_is_constant(told: list[tuple[int, Fact]], data: st.DataObject) -> None:
    def after(events: list[tuple[int, Fact]]) -> Chunk:
        mails = [mail(number, "sending", people=number % 3 + 1) for number in range(5)]
        for number, fact in events:
            mails[number] = apply_event(mails[number], fact)
            assert chunk(*mails).counts().total() == 9
        return settle(chunk(*mails), NOW)

    one, other = after(told), after(list(data.draw(st.permutations(told))))
    assert [(each.state, each.reason) for each in one.mails] == [(each.state, each.reason) for each in other.mails]
    assert (one.counts(), tally(one), one.state) == (other.counts(), tally(other), other.state)


@given(st.lists(st.sampled_from(MAIL_STATES), max_size=9), st.integers(0, 2 * GRACE))
def test_a_worker_takes_what_is_planned_and_what_has_waited_for_word_long_enough(states: list[str], later: int) -> None:
    taken = take(chunk(*(mail(number, state) for number, state in enumerate(states))), NOW + later, 60)
    mine = [place for place, state in enumerate(states) if state == "planned" or (state == "sending" and later >= GRACE)]
    if taken is None:
        assert not mine
        return
    assert [place for place, each in enumerate(taken.work.mails) if each.state == "planned"] == mine
    assert all(taken.stored.mails[place].state == "sending" for place in mine)
    assert all(taken.stored.mails[place].at == NOW + later for place in mine)


@pytest.mark.parametrize(
    ("origin", "attempt", "grace"),
    [("admin", 1, 900), ("admin", 5, 900), *[("person", n, each) for n, each in enumerate((60, 60, 120, 240, 480, 900, 900))]],
)
def test_one_persons_own_mail_waits_a_minute_for_word_and_longer_after_each_try(origin: str, attempt: int, grace: int) -> None:
    held = replace(chunk(mail(1, "sending")), origin=origin, attempt=attempt)  # type: ignore[arg-type]
    assert take(held, NOW + grace - 1, 60) is None
    assert grace_left(held, NOW + grace - 1) == 1
    assert take(held, NOW + grace, 60) is not None


RESULTS = st.sampled_from(["planned", "sending", "sent", "failed", "expired"])


@given(st.lists(st.tuples(RESULTS, st.none() | facts), min_size=1, max_size=9), st.booleans())
def test_results_and_events_meet_in_any_order(outcomes: list[tuple[str, Fact | None]], stopped: bool) -> None:
    taken = take(chunk(*(mail(number) for number in range(len(outcomes)))), NOW, 60)
    assert taken is not None
    results = [with_state(each, state, None, NOW + 1) for each, (state, _) in zip(taken.work.mails, outcomes, strict=True)]  # type: ignore[arg-type]

    def told(found: Chunk) -> Chunk:
        mails = [apply_event(each, fact) if fact else each for each, (_, fact) in zip(found.mails, outcomes, strict=True)]
        return chunk(*mails)

    events_first = merge(told(taken.stored), taken.work, results, stopped=stopped)
    worker_first = told(merge(taken.stored, taken.work, results, stopped=stopped))
    assert [each.state for each in events_first.mails] == [each.state for each in worker_first.mails]
    for each, (state, fact) in zip(events_first.mails, outcomes, strict=True):
        back = "cancelled" if stopped else "planned"
        weakest = Fact(back if state == "planned" else state)  # type: ignore[arg-type]
        assert each.state == (stronger(weakest, fact) if fact else weakest).state
        assert each.state not in OPEN or fact is None


def test_the_brake_counts_mails_and_not_people() -> None:
    bounced = apply_event(mail(1, "sent", people=3), Fact("bounced", "hard"))
    soft = apply_event(mail(2, "sent"), Fact("bounced", "soft"))
    assert tally(chunk(bounced, soft, mail(3, "failed"), mail(4, "complained"))) == Tally(out=3, hard=1, complained=1)
