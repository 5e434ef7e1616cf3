"""See a mail before it is sent: on a page for a chosen person, or as a test in one's own mailbox. Its link never works."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Invalid, NotFound, TooMany
from latchkey.mail.messages.template import VARIABLES, template
from latchkey.mail.model.account import account_of
from latchkey.mail.model.mail_html import filled
from latchkey.password_links.model.links import DUMMY, Purpose
from latchkey.people.model.person import Person
from latchkey.schools.model.logo import CONTENT_ID, Logo
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Skip, purpose_of, skip_reason
from latchkey.sends.needs import System
from latchkey.sends.request_mail import TESTED
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.stores.counters import Budget

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
    """A mail as this person would get it, and why they would get none."""

    person: Person
    purpose: Purpose
    life: int
    subject: str
    text: str
    html: str
    skipped: Skip | None


def preview(system: System, school: School, person_id: object) -> Preview:
    """The mail that a send would bring to a person now. In a send it may be about others too, who share the address."""
    if not isinstance(person_id, str) or not person_id:
        raise Invalid(fields={"person": "Say whose mail to show."})
    person = system.directory(school.slug).person(person_id) if is_id(person_id) else None
    if person is None:
        raise NotFound()
    logo = system.logo(school.slug, school.settings.logo)
    return _made(system, school, person, purpose_of(person), logo)


def sample(system: System, school: School, purpose: Purpose, logo: Logo | None) -> Preview:
    """A mail of the school as its settings are in ``school``, saved or not, to a student who is nobody."""
    return _made(system, school, SOMEBODY, purpose, logo)


def _made(system: System, school: School, person: Person, purpose: Purpose, logo: Logo | None) -> Preview:
    life = life_of(school, purpose)
    language = person.language or school.settings.language
    parts = template(purpose, language, logo)
    link = f"{system.settings['ORIGIN']}/set-password#{DUMMY}"
    values = VARIABLES[purpose](school, [(account_of(person, school), link)], life, language)
    picture = f"data:image/png;base64,{b64encode(logo.png).decode()}" if logo else ""
    return Preview(
        person=person,
        purpose=purpose,
        life=life,
        subject=filled(parts.subject, values),
        text=filled(parts.text, values),
        html=filled(parts.html, values).replace(f"cid:{CONTENT_ID}", picture, 1 if logo else 0),
        skipped=skip_reason(person, school),
    )


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
