"""The outline of a message's ledger: whose mails are in which chunk, and what became of each."""

from dataclasses import replace

from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.mail_states import MailState
from latchkey.sends.model.outline import Meant, Members, Outline, chunks_with, outline_of
from latchkey.sends.model.send import Chunk, Mail


def account(person: str) -> MailAccount:
    return MailAccount(person=person, name=person, role="student", login="", version=0, stamp="")


def mail(*people: str, state: MailState = "sent", reason: str | None = None) -> Mail:
    return Mail(to="home@x.example", accounts=tuple(map(account, people)), state=state, reason=reason)


def chunk(number: int, *mails: Mail) -> Chunk:
    return Chunk(send="s", number=number, origin="admin", mail="reset", expires_at=9, mails=mails)


CHUNKS = [chunk(1, mail("d", "a"), mail("b", state="bounced", reason="hard")), chunk(2, mail("c")), chunk(3, mail("e"))]
OUTLINE, MEMBERS = outline_of(CHUNKS, 2)


def signs(outline: Outline, *states: str) -> frozenset[str]:
    return outline.signs(lambda fact: fact[0] in states)


def count_people(outline: Outline, members: Members, wanted: frozenset[str], people: set[str]) -> int:
    return sum(map(Meant(wanted, people).count, outline.marks, members))


def test_it_knows_who_is_in_which_chunk_and_no_chunk_of_an_earlier_plan() -> None:
    assert [each.split() for each in MEMBERS] == [["a", "b", "d"], ["c"]]
    assert OUTLINE.facts == (("sent", None), ("bounced", "hard"))
    assert OUTLINE.marks == ("010", "0")


def test_people_are_counted_by_what_became_of_their_mail() -> None:
    people = {"a", "b", "c", "z"}
    assert count_people(OUTLINE, MEMBERS, signs(OUTLINE, "sent"), people) == 2
    assert count_people(OUTLINE, MEMBERS, signs(OUTLINE, "sent", "bounced"), people) == 3
    assert count_people(OUTLINE, MEMBERS, signs(OUTLINE, "failed"), people) == 0


def test_chunks_are_found_by_state_by_reason_and_by_person_from_a_number_on() -> None:
    everything, bounced = signs(OUTLINE, "sent", "bounced"), OUTLINE.signs(lambda fact: fact == ("bounced", "hard"))
    assert [*chunks_with(OUTLINE, MEMBERS, Meant(everything), 1)] == [(1, 3), (2, 1)]
    assert [*chunks_with(OUTLINE, MEMBERS, Meant(everything), 2)] == [(2, 1)]
    assert [*chunks_with(OUTLINE, MEMBERS, Meant(bounced), 1)] == [(1, 1)]
    assert [*chunks_with(OUTLINE, MEMBERS, Meant(everything, means={"c"}.__contains__), 1)] == [(2, 1)]
    assert [*chunks_with(OUTLINE, MEMBERS, Meant(bounced, means={"a"}.__contains__), 1)] == [], "whose mail has not come back"


def test_a_chunk_whose_mails_were_taken_apart_and_moved_is_marked_by_its_people() -> None:
    apart = chunk(1, mail("b", state="delivered"), mail("a", state="sent"), mail("d", state="skipped", reason="changed"))
    after = OUTLINE.plus([apart, chunk(9, mail("x"))])
    assert set(after.facts[2:]) == {("skipped", "changed"), ("delivered", None)}
    assert len(after.marks) == 2
    assert count_people(after, MEMBERS, signs(after, "delivered"), {"b"}) == 1
    assert count_people(after, MEMBERS, signs(after, "skipped"), {"a", "b", "c"}) == 0
    assert after.plus([CHUNKS[0]]).plus([apart]) == after, "to lay the same again changes nothing"


def test_who_is_nobody_may_have_any_id() -> None:
    strange = chunk(1, mail("no body", state="skipped", reason="unknown"), mail("", state="skipped", reason="unknown"))
    outline, members = outline_of([strange], 1)
    assert count_people(outline, members, signs(outline, "skipped"), {"nobody"}) == 1


def test_more_signs_than_letters_are_kept_apart() -> None:
    mails = [replace(mail(f"p{number:03d}"), state="failed", reason=f"why{number}") for number in range(300)]
    outline, members = outline_of([chunk(1, *mails)], 1)
    one = outline.signs(lambda fact: fact[1] == "why299")
    assert count_people(outline, members, one, {f"p{number:03d}" for number in range(300)}) == 1
