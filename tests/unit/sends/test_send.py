"""Planning a send: every selected person ends in exactly one mail or one reason."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.model.account import CHUNK_MAILS
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.sends.model.in_words import skip_text
from latchkey.sends.model.planning import chunks_of, dry_run, each_alone
from latchkey.sends.model.send import Chunk, Mail, Selection, Send, skip_reason

NOW = 1_800_000_000
SCHOOL = School(slug="northbridge", name="Northbridge")
SSO = School(slug="southgate", name="Southgate", settings=Settings(sso=SingleSignOn(roles=("student", "staff"))))
SEND = Send(id="0" * 26, kind="password_link", state="queued", origin="admin", created_at=NOW, created_by="a" * 20)


def person(number: int, **facts: object) -> Person:
    given = {"role": "student", "given_name": f"P{number}", "family_name": "X", "email": f"p{number}@x.example"}
    return Person(id=f"{number:020d}", **{**given, **facts})  # type: ignore[arg-type]


people = st.lists(
    st.builds(
        lambda number, role, email, admin, status, first, login: person(
            number, role=role, email=email, is_admin=admin, status=status, password_set_at=first, last_login_at=login
        ),
        st.integers(1, 10**6),
        st.sampled_from(["student", "teacher", "staff", "parent"]),
        st.one_of(
            st.none(), st.sampled_from(["a@x.example", "b@x.example"]), st.from_regex(r"[a-z]{3,9}@x\.example", fullmatch=True)
        ),
        st.booleans(),
        st.sampled_from(["active", "disabled", "left"]),
        st.sampled_from([None, 1]),
        st.sampled_from([None, 2]),
    ),
    max_size=180,
    unique_by=lambda each: each.id,
)


def ids(mail: Mail) -> list[str]:
    return [account.person for account in mail.accounts]


def flat(chunks: list[Chunk]) -> Counter[str]:
    return Counter(account.person for chunk in chunks for mail in chunk.mails for account in mail.accounts)


@given(
    people,
    st.sampled_from([SCHOOL, SSO]),
    st.lists(st.text("z", min_size=16, max_size=20), max_size=3, unique=True),
    st.sampled_from([Selection(), Selection(skip_signed_in=True)]),
    st.data(),
)
def test_everybody_is_in_one_place_and_the_dry_run_agrees(
    group: list[Person], school: School, unknown: list[str], but: Selection, data: st.DataObject
) -> None:
    sent = data.draw(st.frozensets(st.sampled_from([each.id for each in group]))) if group else frozenset()
    chunks = list(chunks_of(replace(SEND, selection=but), group, school, NOW, unknown, sent=sent))
    assert flat(chunks) == Counter([*(each.id for each in group), *unknown])
    assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert all(0 < len(chunk.mails) <= CHUNK_MAILS for chunk in chunks)
    counts: Counter[str] = sum((chunk.counts() for chunk in chunks), Counter())
    forecast = dry_run(each_alone(group), school, len(unknown), but, sent)
    assert not sent & {person for chunk in chunks if chunk.state == "planned" for mail in chunk.mails for person in ids(mail)}
    assert counts["planned"] == forecast.to_send
    assert counts["skipped"] == sum(forecast.skipped.values())
    assert counts.total() == forecast.total == len(group) + len(unknown)
    assert forecast.mails == sum(mail.state == "planned" for chunk in chunks for mail in chunk.mails)


@given(people)
def test_planning_twice_gives_the_same_chunks(group: list[Person]) -> None:
    assert list(chunks_of(SEND, group, SCHOOL, NOW)) == list(chunks_of(SEND, group, SCHOOL, NOW))


def test_people_who_share_an_address_share_a_mail() -> None:
    group = [person(1, email="home@x.example"), person(2, email="home@x.example"), person(3)]
    (chunk,) = chunks_of(SEND, group, SCHOOL, NOW)
    assert [[account.name for account in mail.accounts] for mail in chunk.mails] == [["P1 X", "P2 X"], ["P3 X"]]


def test_first_timers_are_welcomed_and_forgetters_get_a_reset_with_their_own_lives() -> None:
    group = [person(1), person(2, password_set_at=5)]
    welcome, reset = chunks_of(SEND, group, SCHOOL, NOW)
    assert (welcome.mail, welcome.expires_at) == ("welcome", NOW + 14 * 86_400)
    assert (reset.mail, reset.expires_at) == ("reset", NOW + 3 * 86_400)


def test_every_skip_has_its_reason() -> None:
    group = [
        person(1, email=None),
        person(2, status="left"),
        person(3, role="staff"),
        person(4, role="staff", is_admin=True),
        person(5, role="parent"),
        person(6, status="disabled"),
    ]
    forecast = dry_run(each_alone(group), SSO, unknown=2)
    assert forecast.skipped == {"unknown": 2, "single_sign_on": 2, "left": 1, "disabled": 1}
    assert forecast.to_send == 2
    assert dry_run(each_alone(group), SCHOOL).skipped == {"no_address": 1, "left": 1, "disabled": 1}


def test_who_can_be_sent_nothing_at_all_is_told_so_before_what_was_asked_for() -> None:
    group = [person(1, last_login_at=5, email=None), person(2, last_login_at=5), person(3, last_login_at=0), person(4)]
    sent, but = frozenset(each.id for each in group), Selection(skip_signed_in=True)
    reasons = [skip_reason(each, SCHOOL, but, sent) for each in group]
    assert reasons == ["no_address", "already_in", "already_in", "sent_recently"]
    assert [skip_reason(each, SCHOOL) for each in group] == ["no_address", None, None, None]


def test_minutes_are_said_in_the_largest_unit_of_which_they_are_whole() -> None:
    texts = [skip_text("sent_recently", minutes) for minutes in (1, 30, 60, 90, 1_440, 10_080)]
    assert [text.partition(" ago")[0] for text in texts] == [
        "was sent a link less than 1 minute",
        "was sent a link less than 30 minutes",
        "was sent a link less than 1 hour",
        "was sent a link less than 90 minutes",
        "was sent a link less than 1 day",
        "was sent a link less than 7 days",
    ]
    assert skip_text("already_in", 30) == "has logged in before"
