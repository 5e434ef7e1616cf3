"""See a mail before it is sent: on a page for a chosen person, or as a test in one's own mailbox. Its link never works."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.errors import Invalid, NotFound, TooMany
from latchkey.invitations.model.invitation import LIVES
from latchkey.mail.messages.template import VARIABLES, template
from latchkey.mail.model.account import MailAccount, account_of
from latchkey.mail.model.mail_html import filled
from latchkey.password_links.model.links import DUMMY, Purpose
from latchkey.people.model.person import Person
from latchkey.schools.model.logo import CONTENT_ID, Logo
from latchkey.schools.model.school import School
from latchkey.sends.look_at_people import Row
from latchkey.sends.model.send import Skip, purpose_of, skip_reason
from latchkey.sends.model.send_request import SendKind
from latchkey.sends.needs import System
from latchkey.sends.request_mail import TESTED, TestedMail
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.stores.counters import Budget

PreviewedMail = TestedMail | Literal["forgot"]
SampledMail = Literal["welcome", "reset", "forgot"]
SOMEBODY: Final = Person(
    id="0" * 20,
    role="student",
    given_name="Alexandra",
    preferred_given_name="Alex",
    family_name="Example",
    username="aexample",
    email="alex@pupils.school.example",
)
"""To whom a mail goes that shows what settings do: nobody of any school."""
TESTS: Final = Budget("test_mail", limit=10, window=3_600)


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as this person would get it, and why they would get none. ``person``: None who has no account yet.

    ``mail``: which one it is; ``life``: how long its link works, in seconds (0: it has none).
    """

    person: Person | None
    name: str
    to: str
    mail: PreviewedMail
    life: int
    subject: str
    text: str
    html: str
    skipped: Skip | None


def preview(system: System, school: School, person_id: object, kind: SendKind = "password_link") -> Preview:
    """The mail that a send would bring to a person now. In a send it may be about others too, who share the address.

    Of an invitation: the mail to a parent about all their children, or to the parents of a student about this child.
    """
    if not isinstance(person_id, str) or not person_id:
        raise Invalid(fields={"person": "Say whose mail to show."})
    person = system.directory(school.slug).person(person_id) if is_id(person_id) else None
    if person is None:
        raise NotFound()
    if kind != "parent_invitation":
        row = Row(name=school.name_of(person), email=person.email or "", reason=skip_reason(person, school, kind=kind))
        return _of_kind(system, school, kind, row, person)
    is_student = person.role == "student"
    children = (person.id,) if is_student else person.children
    email = "" if is_student else person.email or ""
    row = Row(name=school.name_of(person), email=email, reason=None, children=children)
    return _of_kind(system, school, kind, row, person)


def sample(system: System, school: School, purpose: SampledMail, logo: Logo | None) -> Preview:
    """A mail of the school as its settings are in ``school``, saved or not, to a student who is nobody."""
    row = Row(name=school.name_of(SOMEBODY), email=SOMEBODY.email or "", reason=skip_reason(SOMEBODY, school))
    return _made(system, school, row, SOMEBODY, purpose, logo=logo)


def preview_row(system: System, school: School, kind: SendKind, row: Row) -> Preview | None:
    """The mail to somebody of a message that is being made, who is read for it; None where they are gone by now."""
    person = system.directory(school.slug).person(row.person.id) if row.person is not None else None
    if person is None and row.person is not None:
        return None
    return _of_kind(system, school, kind, row, person)


def _of_kind(system: System, school: School, kind: SendKind, row: Row, person: Person | None) -> Preview:
    mail: PreviewedMail = "parent_invitation"
    if kind == "parent_code_ready":
        mail = "parent_code_ready"
    elif kind == "password_link" and person is not None:
        mail = purpose_of(person)
    return _made(system, school, row, person, mail, logo=system.logo(school.slug, school.settings.logo))


def _made(system: System, school: School, row: Row, person: Person | None, mail: PreviewedMail, *, logo: Logo | None) -> Preview:
    origin = system.settings["ORIGIN"]
    life, link = 0, ""
    if mail == "parent_invitation" or person is None:
        life, link = LIVES["contacts"], f"{origin}/join#{DUMMY}"
        named = _first_names(system, school, row.children)
        account = MailAccount(person="", name=row.name, role="parent", login="", version=0, stamp="", children=named)
        language = row.language
    else:
        language, account = person.language, account_of(person, school)
        if mail != "parent_code_ready":
            life, link = life_of(school, mail), f"{origin}/set-password#{DUMMY}"
    language = language or school.settings.language
    parts = template(mail, language, logo)
    values = VARIABLES[mail](school, [(account, link)], life, language)
    picture = f"data:image/png;base64,{b64encode(logo.png).decode()}" if logo else ""
    return Preview(
        person=person,
        name=row.name,
        to=row.email,
        mail=mail,
        life=life,
        subject=filled(parts.subject, values),
        text=filled(parts.text, values),
        html=filled(parts.html, values).replace(f"cid:{CONTENT_ID}", picture, 1 if logo else 0),
        skipped=row.reason,
    )


def _first_names(system: System, school: School, children: tuple[str, ...]) -> tuple[str, ...]:
    """The first names of those who are at the school."""
    if not children:
        return ()
    people = {each.id: each for each in system.directory(school.slug).families(sorted(children))}
    found = (people[child] for child in children if child in people and people[child].status != "left")
    return tuple(school.known_as(child).given_name for child in found)


def life_of(school: School, purpose: Purpose) -> int:
    """How long links of a purpose live, in seconds."""
    settings = school.settings
    return {"welcome": settings.welcome_life, "reset": settings.reset_life, "forgot": settings.forgot_life}[purpose]


def send_test(system: System, school: School, admin: Person, mail: object) -> str:
    """Ask for a test mail to the admin's own address; returns the address."""
    if mail not in TESTED:
        raise Invalid("Nothing was sent.", fields={"mail": f"Choose {' or '.join(TESTED)}."})
    if admin.email is None:
        raise Invalid("You have no e-mail address here. Nothing was sent.", fields={"mail": "Have an address added."})
    now = system.now()
    if not system.counters("ACTIVITY_TABLE", school.slug).spend(TESTS, admin.id, now):
        raise TooMany("Ten tests within the hour are enough. Wait a little.", retry_after=TESTS.window - now % TESTS.window)
    request = new_id(now)
    message = {"kind": "test", "school": school.slug, "request": request, "person": admin.id, "mail": mail, "at": now}
    system.queue("REQUESTS_QUEUE").put(message)
    system.audit(school.slug).record(admin.id, "send.test", now, {"request": request, "mail": str(mail)})
    return admin.email
