"""Whoever has a password hears of another e-mail address, at the old one and the new one, once, whatever a roster does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.people.model.new_email import SETTLES
from latchkey.people.model.person import FormerEmail
from latchkey.rosters import apply_roster
from latchkey.schools.model.school import DAY, Settings
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.queues import Queue
from tests.support.console import running_console
from tests.support.mail_road import MailRoad
from tests.support.rosters import ROSTERS, SCHOOL, Desk, plain, row
from tests.support.ses import StrictSes

OLD, NEW, NEWER = "old@home.example", "moved@mail.example", "last@post.example"


class Town:
    """A school whose roster changes, and the mails that come of it."""

    def __init__(self, desk: Desk, road: MailRoad, delays: list[int]) -> None:
        self.desk, self.road, self.delays = desk, road, delays

    @property
    def now(self) -> int:
        return self.desk.worker.now()

    def load(self, *rows: dict[str, str]) -> dict[str, Any]:
        return self.desk.load(rows)

    def password(self, *numbers: int, at: int = 1) -> None:
        """Let students set a password."""
        for number in numbers:
            self.desk.worker.directory(SCHOOL).change(self.id(number), {"password_set_at": at, "version": 1})

    def id(self, number: int) -> str:
        return person_id(SCHOOL, f"S{number}")

    def asked(self) -> list[dict[str, Any]]:
        """The messages that wait to be told."""
        return [json.loads(body) for body in self.road.system.messages("REQUESTS_QUEUE")]

    def tell(self, messages: list[dict[str, Any]] | None = None) -> list[str]:
        """Let time pass, and the mails go; to whom, in this turn."""
        before = len(self.road.ses.mails)
        told = self.asked() if messages is None else messages
        self.road.system.clock.now += SETTLES
        assert self.road.plan([json.dumps(each) for each in told]) == []
        assert self.road.deliver() == []
        return sorted(mail.to for mail in self.road.ses.mails[before:])

    def mail(self, to: str) -> Any:
        (found,) = [mail for mail in self.road.ses.mails if mail.to == to]
        return found


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    delays: list[int] = []
    put_many = Queue.put_many

    def at_once(self: Queue, messages: Any, *, group: str = "", delay: int = 0) -> None:
        """Moto hides what is delayed by its own clock."""
        found = list(messages)
        delays.extend([delay] * len(found) if delay else [])
        put_many(self, found, group=group)

    monkeypatch.setattr(Queue, "put_many", at_once)
    with running_console(monkeypatch) as console:
        yield Town(Desk(console, monkeypatch), MailRoad(console.system, StrictSes(), monkeypatch), delays)


def test_a_roster_that_moves_an_account_tells_both_addresses(town: Town) -> None:
    town.load(row(1, email=OLD), row(2))
    town.password(1, 2)
    town.load(row(1, email=NEW), row(2, family_name="Other"))
    assert town.delays == [SETTLES]
    assert town.tell() == [NEW, OLD]
    old, new = town.mail(OLD), town.mail(NEW)
    assert old.subject == "The e-mail address of your account at Northbridge Academy was changed"
    assert new.subject == "A new e-mail address for an account at Northbridge Academy"
    for mail in (old, new):
        assert "Given1 Family1" in mail.text
        assert "://" not in mail.text + mail.html
        assert "<a" not in mail.html
        assert "tell the school’s office" in " ".join(mail.text.split())
    assert NEW not in old.text + old.html
    assert "m***@m***.example" in old.text
    assert OLD not in new.text + new.html


def test_one_mail_a_person_however_many_files_are_applied(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    messages = town.asked()
    town.desk.console.system.clock.now += 60
    town.load(row(1, email=NEWER))
    town.load(row(1, email=NEWER, family_name="Other"))
    messages += town.asked()
    assert town.tell(messages * 2) == [NEWER, OLD]
    for _ in range(3):
        town.load(row(1, email=NEWER))
        assert town.tell() == []


def test_a_file_that_puts_another_one_right_tells_nobody(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    town.load(row(1, email=OLD))
    assert town.tell() == []


def test_a_later_change_is_told_as_one_of_its_own(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    assert town.tell() == [NEW, OLD]
    town.load(row(1, email=NEWER))
    assert town.tell() == [NEWER, NEW]
    town.load(row(1, email=OLD))
    assert town.tell() == [NEWER, OLD]


def test_a_change_that_comes_between_the_files_and_their_mails_is_lost_by_none(town: Town) -> None:
    """The first message is worked on late, when the address has changed once more: every address hears of it."""
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    first = town.asked()
    town.desk.console.system.clock.now += SETTLES + 1
    town.load(row(1, email=NEWER))
    second = town.asked()
    assert town.tell(first) == [NEWER, OLD]
    assert town.tell(second) == [NEWER, NEW]
    assert town.tell(first + second) == []


def test_who_has_no_password_is_not_told_and_nothing_is_kept_of_the_old_address(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.load(row(1, email=NEW))
    assert town.asked() == []
    person = town.desk.person("S1")
    assert person is not None
    assert person.former_email is None


def test_a_first_address_is_told_to_itself(town: Town) -> None:
    town.load(row(1, email=""))
    town.password(1)
    town.load(row(1, email=NEW))
    assert town.tell() == [NEW]


def test_an_old_address_that_mail_came_back_from_gets_none(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.password(1)
    person = town.desk.person("S1")
    assert person is not None
    problem = {"kind": "bounced", "at": 1, "email_key": person.email_key}
    town.desk.worker.directory(SCHOOL).change(town.id(1), {"mail_problem": problem})
    town.load(row(1, email=NEW))
    assert town.tell() == [NEW]


def test_siblings_who_share_both_addresses_share_the_mails(town: Town) -> None:
    town.load(row(1, email=OLD), row(2, email=OLD), row(3, email=OLD))
    town.password(1, 2, 3)
    town.load(row(1, email=NEW), row(2, email=NEW), row(3, email=NEWER))
    assert town.tell() == [NEWER, NEW, OLD, OLD]
    both = town.mail(NEW)
    assert "Given1 Family1" in both.text
    assert "Given2 Family2" in both.text
    assert "Given3" not in both.text


def test_who_leaves_with_the_change_is_told_too(town: Town) -> None:
    """Whoever comes back has that address, and must have heard of it."""
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    town.desk.worker.directory(SCHOOL).change(town.id(1), {"status": "left"})
    assert town.tell() == [NEW, OLD]


def test_the_mails_are_in_the_language_of_the_person(town: Town) -> None:
    wiring = town.road.system.wiring("console")
    wiring.schools.change_settings(SCHOOL, Settings(language="pl"), ["language"])
    town.load(row(1, email=OLD, language="cy"), row(2, email="other@home.example"))
    town.password(1, 2)
    town.load(row(1, email=NEW), row(2, email=NEWER))
    assert len(town.tell()) == 4
    assert "Newidiwyd" in town.mail(OLD).subject
    assert "został zmieniony" in town.mail("other@home.example").subject
    assert 'lang="pl"' in town.mail(NEWER).html


def test_a_large_roster_is_not_held_up_and_its_mails_go_behind_what_people_wait_for(town: Town) -> None:
    people = range(1, 121)
    town.load(*(row(number) for number in people))
    town.password(*people)
    run = town.load(*(row(number, email=f"n{number}@mail.example") for number in people))
    assert (run["state"], run["counts"]["changed"]) == ("finished", 120)
    assert town.road.ses.mails == []
    messages = town.asked()
    assert [len(each["people"]) for each in messages] == [50, 50, 20]
    assert "example" not in json.dumps(messages)
    town.road.system.clock.now += SETTLES
    assert town.road.plan([json.dumps(each) for each in messages]) == []
    assert town.road.system.messages("URGENT_QUEUE") == []
    chunks = town.road.system.messages("DELIVER_QUEUE")
    assert len(chunks) == 120
    assert town.road.deliver(chunks) == []
    assert len(town.road.ses.mails) == 240
    assert {event["facts"]["people"] for event in town.desk.worker_audit() if event["action"] == "email.told"} == {50, 20}


def test_a_worker_that_dies_before_it_has_told_is_made_good_by_the_next_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.load(row(1, email=OLD), row(2))
    town.password(1, 2)
    run = town.desk.preview(plain([row(1, email=NEW), row(2)]))
    town.desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    (message,) = town.desk.console.system.messages("ROSTER_QUEUE")
    with monkeypatch.context() as patch:
        patch.setattr(apply_roster, "tell_new_emails", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("died")))
        assert town.desk.work(message) == 1
    assert town.asked() == []
    town.desk.console.system.clock.now += 2_000
    assert town.desk.work(message) == 0
    assert town.tell() == [NEW, OLD]


def test_what_is_a_day_old_is_told_no_more(town: Town) -> None:
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    messages = town.asked()
    town.desk.console.system.clock.now += DAY
    assert town.tell(messages) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": []},
        {"people": "abc"},
        {"people": ["x@y.example"]},
        {"people": ["a" * 20] * 51},
        {"people": [1]},
        {"people": None},
        {"at": 0},
        {"school": "nowhere"},
    ],
)
def test_a_message_of_another_form_is_poison(town: Town, wrong: dict[str, Any]) -> None:
    body = json.dumps({"v": 1, "kind": "emails_changed", "school": SCHOOL, "people": ["a" * 20], "at": 1_795_000_000, **wrong})
    assert town.road.plan([body]) == [body]


def test_a_change_that_was_pending_stays_so_when_a_pin_changes_the_address_again(town: Town) -> None:
    """The address before the roster must hear where the account has gone, though a code has replaced it once more since."""
    town.load(row(1, email=OLD))
    town.password(1)
    town.load(row(1, email=NEW))
    person = town.desk.person("S1")
    assert person is not None
    assert person.former_email == FormerEmail(OLD, town.now)
