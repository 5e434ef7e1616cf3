"""One person's own mails, behind the queue: a forgotten password, a renewed link, and the notice of a changed password.

Nobody waits for an answer here, so nothing tells who exists. Limits are spent before anybody is looked up, and again for the
mailbox that would get the mail; a mail goes to the stored address only; a message that comes twice makes one mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from latchkey.errors import Poison
from latchkey.invitations.model.invitation import LIVES
from latchkey.mail.model.account import MailAccount, MailName, account_of
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import CONFIRMABLE, WAITS, asked_for, has_confirmed, is_over, is_provisional, to_confirm
from latchkey.schools.model.school import DAY
from latchkey.sends.model.send import Chunk, Kind, Mail, Send, skip_reason, why_unread
from latchkey.sends.needs import System
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.languages import one_for
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in.stamps import confirmation_stamp

By = Literal["email", "username"]
HOUR: Final = 3_600
TestedMail = Literal["welcome", "reset", "parent_invitation", "parent_code_ready"]
TESTED: Final[tuple[TestedMail, ...]] = get_args(TestedMail)
"""The mails that a test can show."""
FactorMail = Literal["factor_added", "factor_removed"]
FACTOR_MAILS: Final[tuple[FactorMail, ...]] = get_args(FactorMail)
WAYS: Final[tuple[By, ...]] = get_args(By)
EACH_MAILBOX: Final = Budget("request_mail", limit=3, window=3_600)
EACH_SOURCE: Final = Budget("request_from", limit=300, window=3_600)
EACH_WISH: Final = Budget("confirm_for", limit=10, window=DAY)
"""Mails that one account can cause to addresses of its choice."""
Outcome = Literal["planned", "again", "stale", "limited", "nobody"]
"""What became of a request, for the log; ``again`` is a message that came twice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: in which school, its id, and when it was made in epoch seconds."""

    school: str
    id: str
    at: int


def forgot(system: System, asked: Asked, by: By, key: str, source: str, *, older: str | None = None) -> Outcome:
    """Somebody typed an identifier whose look-up key is ``key``; ``source`` stands for where they are.

    ``older`` is its look-up key in the epoch before, while look-up keys are replaced.
    """
    request = Request(system, asked)
    if early := request.early(request.school.settings.forgot_life):
        return early
    if not request.spend(EACH_SOURCE, source) or not request.spend(EACH_MAILBOX, key):
        return "limited"
    directory = system.directory(asked.school)
    keys = (key, older) if older else (key,)
    people = request.served(directory.by_email_key(*keys) if by == "email" else directory.by_username_key(*keys))
    if by == "username" and not request.spend_mailboxes(people):
        return "limited"
    return request.forgotten(people)


def renew(system: System, asked: Asked, person: str) -> Outcome:
    """The holder of a link that no longer works asks for a new one, to the address on file."""
    request = Request(system, asked)
    if early := request.early(request.school.settings.forgot_life):
        return early
    people = request.served([system.directory(asked.school).person(person)])
    if not request.spend_mailboxes(people):
        return "limited"
    return request.forgotten(people)


def password_changed(system: System, asked: Asked, person: str) -> Outcome:
    """Tell the owner that the password was changed, whoever did it; at the address that was replaced with it as well.

    Nothing of it goes to an address that nobody has confirmed.
    """
    request = Request(system, asked)
    if early := request.early(DAY):
        return early
    owner = system.directory(asked.school).person(person)
    if owner is None:
        return "nobody"
    former = owner.former_email
    people = [] if owner.address_is_unconfirmed else [owner]
    if former is not None and former.at == asked.at and former.email:
        # Whether that one was ever confirmed is not kept: nothing typed goes there.
        people.append(replace(owner, email=former.email, email_typed=owner.email_key))
    return request.plan("password_changed", "password_changed", people)


def confirm_address(system: System, asked: Asked, person: str) -> Outcome:
    """Mail a link that confirms an address: the one that the person asked for last, or else the one that they have."""
    request = Request(system, asked)
    owner, now = system.directory(asked.school).person(person), system.now()
    waiting = to_confirm(owner, now) if owner is not None and owner.status == "active" and not is_over(owner, now) else []
    if owner is None or not waiting:
        return "nobody"
    if owner.provisional_until is not None:  # before the mail, whatever becomes of it: then it cannot be forgotten
        system.reminders.put(Reminder(owner.provisional_until, asked.school, owner.id, person=True))
    address = asked_for(owner, now) or waiting[0]
    if early := request.early(WAITS if address != owner.email else CONFIRMABLE):
        return early
    key = lookup(system.lookup_key(asked.school, request.school.lookup_epoch), "email", address)
    if not request.spend(EACH_WISH, owner.id) or not request.spend(EACH_MAILBOX, key):
        return "limited"
    return request.confirm([owner], address)


def invitation(system: System, asked: Asked, invitation_id: str) -> Outcome:
    """Mail an invitation by itself, as a student has asked for it: the children's first names and the school's, nothing else."""
    request = Request(system, asked)
    found = system.invitations(asked.school).get(invitation_id)
    if found is None or not found.is_open(system.now()) or found.problem is not None:
        return "nobody"
    if early := request.early(LIVES[found.source]):
        return early
    key = lookup(system.lookup_key(asked.school, request.school.lookup_epoch), "email", found.email)
    if not request.spend(EACH_MAILBOX, key):
        return "limited"
    account = MailAccount(person=found.id, name="", role="parent", login="", version=found.version, stamp=found.stamp)
    mail = Mail(to=found.email, accounts=(account,), at=request.at)
    return request.write("parent_invitation", "parent_invitation", [mail], {found.language or request.school.settings.language})


def pin_shown(system: System, asked: Asked, person: str) -> Outcome:
    """Tell a student that a parent has looked at their PIN; whoever sends the same request again makes no second mail."""
    request = Request(system, asked)
    if early := request.early(DAY):
        return early
    student = system.directory(asked.school).person(person)
    if student is None or student.role != "student" or why_unread(student) is not None:
        return "nobody"
    return request.plan("pin_shown", "pin_shown", [student])


def factor_changed(system: System, asked: Asked, person: str, name: FactorMail) -> Outcome:
    """Tell the owner that a second factor was added, or removed, at an address whose mail somebody has shown to read."""
    request = Request(system, asked)
    if early := request.early(DAY):
        return early
    owner = system.directory(asked.school).person(person)
    if owner is None or why_unread(owner) is not None or owner.address_is_unconfirmed:
        return "nobody"
    return request.plan("factor_changed", name, [owner])


def test_mail(system: System, asked: Asked, person: str, mail: TestedMail) -> Outcome:
    """An admin wants to see a mail as it arrives: theirs, with a link that does not work. The console has spent their budget."""
    request = Request(system, asked)
    settings = request.school.settings
    lives: dict[TestedMail, int] = {"welcome": settings.welcome_life, "parent_invitation": LIVES["contacts"]}
    if asked.at + HOUR <= system.now():
        return "stale"
    if early := request.early(lives.get(mail, settings.reset_life)):
        return early
    owner = system.directory(asked.school).person(person)
    if owner is None or not owner.is_admin or owner.status != "active":
        return "nobody"
    return request.plan("test", mail, [owner])


class Request:
    """One request on its way to a mail."""

    def __init__(self, system: System, asked: Asked) -> None:
        school = system.kept_schools.get(asked.school)
        if school is None:
            raise Poison("a school that does not exist")
        self._system = system
        self._asked = asked
        self.at = min(asked.at, system.now())
        self._expires_at = self.at
        self.school = school

    def early(self, life: int) -> Outcome | None:
        """The outcome if the mail would be too old, or was planned before; its message may then be lost, so it is put again."""
        self._expires_at = self.at + life
        if self._expires_at <= self._system.now():
            return "stale"
        if self._system.sends(self.school.slug).get(self._asked.id, origin="person") is None:
            return None
        self._put()
        return "again"

    def spend(self, budget: Budget, key: str) -> bool:
        """Raise a counter; whether it is within its budget."""
        return self._system.counters("ACTIVITY_TABLE", self.school.slug).spend(budget, key, self._system.now())

    def spend_mailboxes(self, people: Sequence[Person]) -> bool:
        """The same for the mailboxes of these people, whichever way they were found."""
        mailboxes = dict.fromkeys(self._mailbox(person) for person in people)
        return all(self.spend(EACH_MAILBOX, mailbox) for mailbox in mailboxes)

    def _mailbox(self, person: Person) -> str:
        """What stands for a person's mailbox in counters: its newest look-up key, which theirs may not be yet."""
        if person.email is None or self.school.lookup_rotation != "moving":
            return person.email_key or ""
        return lookup(self._system.lookup_key(self.school.slug, self.school.lookup_epoch), "email", person.email)

    def served(self, people: Iterable[Person | None]) -> list[Person]:
        """Those who get a link: active, with an address, not signing in elsewhere. Who has not confirmed theirs is among them."""
        return [each for each in people if each is not None and skip_reason(each, self.school) in {None, "unconfirmed"}]

    def forgotten(self, people: Sequence[Person]) -> Outcome:
        """Links to new passwords; where nobody has confirmed an address yet, links that confirm it, and nothing else."""
        confirmed = [person for person in people if not person.address_is_unconfirmed]
        if confirmed or not people:
            return self.plan("forgot_password", "forgot", confirmed)
        self._expires_at = self.at + CONFIRMABLE
        address = people[0].email or ""
        return self.confirm([person for person in people if person.email == address], address)

    def confirm(self, owners: Sequence[Person], address: str) -> Outcome:
        """One mail with links by which these people confirm this address.

        Where it has an account of an adult here already, the mail says so: only whoever reads it learns that.
        """
        slug, owner = self.school.slug, owners[0]
        newest = self._system.lookup_key(slug, self.school.lookup_epoch)
        keys = [lookup(self._system.lookup_key(slug, epoch), "email", address) for epoch in self.school.lookup_epochs]
        found = self._system.directory(slug).by_email_key(*keys) if is_provisional(owner) else []
        known = [other for other in found if has_confirmed(other, address)]
        accounts = tuple(
            replace(account_of(each, self.school), unconfirmed=True, stamp=confirmation_stamp(each, address, newest))
            for each in owners
        )
        name: MailName = "address_known" if known else "confirm_address"
        mails = [Mail(to=address, accounts=accounts, at=self.at)]
        return self.write("confirmation", name, mails, self.languages(known or owners))

    def plan(self, kind: Kind, mail: MailName, people: Sequence[Person]) -> Outcome:
        """Write the send with its one chunk, and put it on the queue: one mail for each address."""
        accounts: dict[str, list[Person]] = {}
        for person in people:
            if person.email is not None:
                accounts.setdefault(person.email, []).append(person)
        if not accounts:
            return "nobody"
        mails = tuple(
            Mail(to=to, accounts=tuple(account_of(person, self.school) for person in group), at=self.at)
            for to, group in accounts.items()
        )
        return self.write(kind, mail, mails, self.languages(people))

    def languages(self, people: Iterable[Person]) -> set[str]:
        """The languages in which these people read."""
        return {person.language or self.school.settings.language for person in people}

    def write(self, kind: Kind, mail: MailName, mails: Sequence[Mail], languages: set[str]) -> Outcome:
        """Write the send with its one chunk of these mails, for readers of these languages, and put it on the queue."""
        language = one_for(languages, self.school.settings.language)
        chunk = Chunk(
            send=self._asked.id,
            number=1,
            origin="person",
            mail=mail,
            language=language,
            expires_at=self._expires_at,
            mails=tuple(mails),
        )
        chunk = replace(chunk, test=kind == "test")
        counts = chunk.counts()
        send = Send(
            id=self._asked.id,
            kind=kind,
            state="running",
            origin="person",
            created_at=self.at,
            created_by="portal",
            total=counts.total(),
            chunks=1,
            counts=dict(counts),
        )
        made = self._system.sends(self.school.slug).make_planned(send, [chunk])
        self._put()
        if not made:
            return "again"
        facts: dict[str, str | int] = {"request": send.id, "mail": mail, "people": send.total}
        self._system.audit(self.school.slug).record("portal", "mail.requested", self._system.now(), facts)
        return "planned"

    def _put(self) -> None:
        message = {"school": self.school.slug, "send": self._asked.id, "chunk": 1, "listed": False}
        self._system.queue("URGENT_QUEUE").put(message, group=self.school.slug)
