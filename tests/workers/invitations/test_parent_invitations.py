"""A send of invitations, from contacts and from people, to the parent's account: one mail a mailbox, for all its children."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from latchkey.contacts.model.contact import Child
from latchkey.errors import Gone
from latchkey.invitations.invite import invite_by_student, sent_by, take_back
from latchkey.invitations.model.invitation import DAY, link_of
from latchkey.invitations.stores.invitations import invitation_from_item
from latchkey.invitations.use_invitation import Wishes, use
from latchkey.password_links.model import links
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import MailProblem, Person
from latchkey.sends import repeat_send
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.start_send import start_send, try_out
from latchkey.shared.stores.dynamo import Table
from tests.support.invitations import keep, parent
from tests.support.mail_road import MailRoad
from tests.support.sqs import Context

PASSWORD = "tulip-harbour-94-quartz"


@pytest.fixture
def children(road: MailRoad) -> list[Person]:
    """Four students without an address: G0001 to G0004."""
    return [road.person(number, email=None, year_group="7") for number in range(1, 5)]


def admin(road: MailRoad) -> Person:
    return road.person(900, role="staff", is_admin=True, email="ada@x.example")


def school(road: MailRoad) -> Any:
    found = road.system.wiring("console").schools.get("northbridge")
    assert found is not None
    return found


def start(road: MailRoad, selection: Selection, by: Person) -> str:
    console = road.system.wiring("console")
    return start_send(console, school(road), by, selection, kind="parent_invitation").run.id


def tried(road: MailRoad, selection: Selection) -> Any:
    return try_out(road.system.wiring("console"), school(road), selection, "parent_invitation")


def send_all(road: MailRoad, selection: Selection, by: Person) -> Send:
    send = start(road, selection, by)
    assert road.plan() == []
    while bodies := road.chunks():
        assert road.deliver(bodies) == []
    return road.send(send)


def ledger(road: MailRoad, send: str) -> list[tuple[str, str, str, str | None]]:
    """Name, address, state and reason of everybody, in the order of the ledger."""
    console = road.system.wiring("console")
    return [
        (account.name, mail.to, mail.state, mail.reason)
        for chunk in console.ledger("northbridge").chunks(send)
        for mail in chunk.mails
        for account in mail.accounts
    ]


def token_in(road: MailRoad, address: str) -> str:
    found = re.findall(r"/join#([\w.-]+)", road.ses.to(address)[-1].text)
    assert found
    return str(found[0])


def test_each_parent_of_the_contacts_gets_one_mail_for_all_their_children(road: MailRoad, children: list[Person]) -> None:
    one, two, three, _ = (child.id for child in children)
    run = keep(road.system, [parent(1, [one, two]), parent(2, [three])])
    send = send_all(road, Selection(contacts=run.id), admin(road))
    assert (send.kind, send.state, send.total, dict(send.counts)["sent"]) == ("parent_invitation", "finished", 2, 2)
    mails = road.ses.to("parent1@home.example")
    assert len(mails) == 1
    assert "G0001" in mails[0].text
    assert "G0002" in mails[0].text
    assert "G0003" not in mails[0].text
    assert mails[0].text.count("/join#") == 1
    assert "Northbridge Academy" in mails[0].subject
    assert "28 days" in mails[0].text


@pytest.mark.moto
def test_the_link_makes_the_account_and_contacts_forget_the_parent(road: MailRoad, children: list[Person]) -> None:
    one, two, *_ = (child.id for child in children)
    run = keep(road.system, [parent(1, [one, two]), parent(2, [two])])
    send = send_all(road, Selection(contacts=run.id), admin(road))
    portal = road.system.wiring("portal")
    done = use(portal, token_in(road, "parent1@home.example"), Wishes(password=PASSWORD))
    assert (done.outcome, done.account.name) == ("made", "Ana1 Blair")
    assert road.plan() == []
    [page] = road.system.wiring("build_export").kept_parents("northbridge").pages(run.id, 0)
    assert (page[0].name, page[0].email, page[0].phones, page[0].claimed) == ("", "", (), True)
    assert page[1].email == "parent2@home.example"
    again = tried(road, Selection(contacts=run.id))
    assert (again.to_send, again.skipped) == (1, {"has_account": 1})
    [known, *_] = ledger(road, send.id)
    assert known[0] == "Ana1 Blair"


def test_everybody_is_invited_or_skipped_for_exactly_one_reason(road: MailRoad, children: list[Person]) -> None:
    one, two, three, four = (child.id for child in children)
    gone = road.person(50, email=None, status="left").id
    barred = Child(student=one, priority=1, responsible=True, barred="court_order")
    shares = Child(student=one, priority=2, responsible=True, barred="shared_address")
    road.person(61, role="parent", email="parent6@home.example", password_set_at=5, children=(two,), mis_id="p6")
    road.person(62, role="parent", email="parent7@home.example", status="disabled", mis_id="p7")
    road.person(63, role="parent", email="parent8@home.example", mis_id="p8")
    dead = road.person(64, role="teacher", email="parent9@home.example")
    road.system.wiring("mail_feedback").directory("northbridge").note_mail_problem(
        dead.id, MailProblem("bounced", 1, dead.email_key or "")
    )
    run = keep(
        road.system,
        [
            parent(1, [one, two]),
            parent(2, [barred]),
            parent(3, [shares]),
            parent(4, [Child(student=one, priority=3, responsible=False)]),
            parent(5, [one], email=""),
            parent(6, [two]),
            parent(7, [two]),
            parent(8, [three]),
            parent(9, [four]),
            parent(10, [gone]),
        ],
    )
    expected = {
        "court_order": 1,
        "shared_address": 1,
        "not_first": 1,
        "no_address": 1,
        "has_account": 1,
        "disabled": 1,
        "bounced_before": 1,
        "left": 1,
    }
    found = tried(road, Selection(contacts=run.id))
    assert (found.total, found.to_send, found.mails, found.skipped) == (10, 2, 2, expected)
    send = send_all(road, Selection(contacts=run.id), admin(road))
    rows = ledger(road, send.id)
    assert len(rows) == 10
    assert Counter(row[3] for row in rows if row[2] == "skipped") == expected
    assert {row[1] for row in rows if row[2] == "sent"} == {"parent1@home.example", "parent8@home.example"}
    assert road.ses.to("parent2@home.example") == road.ses.to("parent3@home.example") == []


def test_a_mailbox_of_two_parents_gets_one_mail_with_one_link(road: MailRoad, children: list[Person]) -> None:
    one, two, *_ = (child.id for child in children)
    run = keep(road.system, [parent(1, [one], email="both@home.example"), parent(2, [two], email="both@home.example")])
    send = send_all(road, Selection(contacts=run.id), admin(road))
    [mail] = road.ses.to("both@home.example")
    assert mail.text.count("/join#") == 1
    assert "G0001" in mail.text
    assert "G0002" in mail.text
    assert [row[0] for row in ledger(road, send.id)] == ["Ana1 Blair", "Ana2 Blair"]


def test_students_are_chosen_and_their_parents_invited_wherever_they_are_known(road: MailRoad, children: list[Person]) -> None:
    one, two, three, four = (child.id for child in children)
    mum = road.person(70, role="parent", email="mum@home.example", children=(one, three), mis_id="m")
    dad = road.person(71, role="parent", email="dad@home.example", children=(one,), mis_id="d", password_set_at=7)
    directory = road.system.wiring("read_roster").directory("northbridge")

    directory.link([PersonChange(children[0], replace(children[0], parents=(mum.id, dad.id)))])
    keep(road.system, [parent(1, [two, four]), parent(2, [four])])
    found = tried(road, Selection(ids=(one, two)))
    assert (found.to_send, found.mails, found.skipped) == (2, 2, {"has_account": 1})
    send_all(road, Selection(ids=(one, two)), admin(road))
    assert "G0003" in road.ses.to("mum@home.example")[0].text, "all their children, not only those who were chosen"
    assert "G0004" in road.ses.to("parent1@home.example")[0].text
    assert road.ses.to("parent2@home.example") == road.ses.to("dad@home.example") == []
    done = use(road.system.wiring("portal"), token_in(road, "mum@home.example"), Wishes(password=PASSWORD))
    assert (done.outcome, done.account.id) == ("set", mum.id)


def test_whoever_waits_is_left_out_of_the_next_send_and_who_has_not_used_it_is_reminded(
    road: MailRoad, children: list[Person]
) -> None:
    one, two, *_ = (child.id for child in children)
    run, by = keep(road.system, [parent(1, [one]), parent(2, [two])]), admin(road)
    first = send_all(road, Selection(contacts=run.id), by)
    found = tried(road, Selection(contacts=run.id, skip_sent_within=30))
    assert (found.to_send, found.skipped) == (0, {"sent_recently": 2})
    use(road.system.wiring("portal"), token_in(road, "parent1@home.example"), Wishes(password=PASSWORD))
    console = road.system.wiring("console")
    again = repeat_send.again(console, school(road), by, first.id).run
    assert again.kind == "parent_invitation"
    assert road.plan() == []
    assert road.deliver() == []
    assert [len(road.ses.to(f"parent{number}@home.example")) for number in (1, 2)] == [1, 2]
    use(road.system.wiring("portal"), token_in(road, "parent2@home.example"), Wishes(password=PASSWORD))


@pytest.mark.moto
def test_what_has_changed_since_the_planning_is_not_mailed(road: MailRoad, children: list[Person]) -> None:
    one, two, three, four = (child.id for child in children)
    run = keep(road.system, [parent(1, [one]), parent(2, [two]), parent(3, [three]), parent(4, [four, one])])
    send = start(road, Selection(contacts=run.id), admin(road))
    assert road.plan() == []
    console, now = road.system.wiring("console"), int(road.system.clock())
    portal = road.system.wiring("portal")
    ids = {each.email: each for each in _invitations(road)}

    link = links.token(link_of(ids["parent1@home.example"], "northbridge", now + DAY), portal.link_key("northbridge", 0))
    use(portal, link, Wishes(password=PASSWORD))
    console.invitations("northbridge").forget_child(two)

    directory = road.system.wiring("read_roster").directory("northbridge")
    directory.take_over([PersonChange(children[2], replace(children[2], status="left"))])
    assert road.deliver() == []
    rows = {row[1]: row[2:] for row in ledger(road, send)}
    assert rows == {
        "parent1@home.example": ("skipped", "changed"),
        "parent2@home.example": ("skipped", "changed"),
        "parent3@home.example": ("skipped", "changed"),
        "parent4@home.example": ("sent", None),
    }


def _invitations(road: MailRoad) -> list[Any]:

    table = road.system.wiring("console").table("DIRECTORY_TABLE")
    return [invitation_from_item(item) for page in table.pages("northbridge#INVITATIONS") for item in page]


def test_links_that_are_out_can_be_ended(road: MailRoad, children: list[Person]) -> None:
    run, by = keep(road.system, [parent(1, [children[0].id]), parent(2, [children[1].id])]), admin(road)
    send = start(road, Selection(contacts=run.id), by)
    assert road.plan() == []
    assert road.deliver() == []
    assert road.send(send).state == "finished"
    [first, second] = sorted(_invitations(road), key=lambda each: each.email)
    use(road.system.wiring("portal"), token_in(road, "parent1@home.example"), Wishes(password=PASSWORD))
    store = road.system.wiring("plan_send").invitations("northbridge")
    assert store.raise_version(second.id, second.version)
    assert not store.raise_version(second.id, second.version), "twice changes nothing"
    assert not store.raise_version(first.id, first.version), "it was used, and says so"

    with pytest.raises(Gone) as gone:
        use(road.system.wiring("portal"), token_in(road, "parent2@home.example"), Wishes(password=PASSWORD))
    assert gone.value.code == "replaced"


@pytest.mark.moto
def test_a_student_invites_a_parent_and_can_take_it_back(road: MailRoad, children: list[Person]) -> None:
    portal, child = road.system.wiring("portal"), children[0]
    invite_by_student(portal, school(road), child, ["Mum@Home.example"])
    assert road.plan() == []
    assert road.deliver() == []
    [mail] = road.ses.to("mum@home.example")
    assert "G0001" in mail.text
    assert "14 days" in mail.text
    assert "Lee" not in mail.text
    [seen] = sent_by(portal, school(road), child)
    assert (seen.email, seen.state) == ("m***@h***.example", "open")
    take_back(portal, school(road), child, seen.id)
    assert sent_by(portal, school(road), child) == []

    with pytest.raises(Gone):
        use(portal, token_in(road, "mum@home.example"), Wishes(password=PASSWORD, given_name="Ana"))


def test_a_mailbox_is_mailed_three_times_an_hour_whoever_asks(road: MailRoad, children: list[Person]) -> None:
    portal = road.system.wiring("portal")
    for child in children:
        invite_by_student(portal, school(road), child, ["mum@home.example"])
        assert road.plan() == []
        assert road.deliver() == []
    assert len(road.ses.to("mum@home.example")) == 3
    done = use(portal, token_in(road, "mum@home.example"), Wishes(password=PASSWORD, given_name="Ana"))
    assert len(done.account.children) == 4


def test_taking_back_leaves_what_the_office_has_asked_for(road: MailRoad, children: list[Person]) -> None:
    portal, child = road.system.wiring("portal"), children[0]
    invite_by_student(portal, school(road), child, ["parent1@home.example"])
    run = keep(road.system, [parent(1, [child.id])])
    send_all(road, Selection(contacts=run.id), admin(road))
    [seen] = sent_by(portal, school(road), child)
    take_back(portal, school(road), child, seen.id)
    assert use(portal, token_in(road, "parent1@home.example"), Wishes(password=PASSWORD)).outcome == "made"


def test_planning_again_writes_no_invitation_twice(
    road: MailRoad, children: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = keep(road.system, [parent(number, [children[number % 4].id]) for number in range(1, 131)])
    send = start(road, Selection(contacts=run.id), admin(road))
    [body] = road.system.messages("PLAN_QUEUE")
    wrote = Table.transact
    calls: list[int] = []

    def dies(table: Table, writes: Any, pace: Any = None) -> None:
        calls.append(len(writes))
        if len(calls) == 2:
            raise RuntimeError("killed")
        wrote(table, writes, pace)

    monkeypatch.setattr(Table, "transact", dies)
    assert road.plan([body]) == [body]
    assert road.plan([body]) == []
    assert calls == [100, 30, 30], "what was written before the death is only read"
    assert road.send(send).state == "running"
    assert road.deliver() == []
    while bodies := road.chunks():
        road.deliver(bodies)
    assert dict(road.send(send).counts)["sent"] == 130


def test_a_worker_whose_time_runs_short_hands_over(road: MailRoad, children: list[Person]) -> None:
    run = keep(road.system, [parent(number, [children[0].id]) for number in range(1, 11)])
    send = start(road, Selection(contacts=run.id), admin(road))
    road.context = Context(40)
    assert road.plan() == []
    assert road.send(send).state == "queued"
    road.context = Context(300)
    assert road.plan() == []
    assert road.send(send).state == "running"
    assert len(road.system.messages("DELIVER_QUEUE")) == 1
