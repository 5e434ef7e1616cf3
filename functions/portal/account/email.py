"""The section of the account page about one's e-mail address: confirm it, correct it, ask for another one."""

from typing import Any, Final

from latchkey.accounts.change_email import cancel, change_email, is_fresh, mail_again, waits
from latchkey.shared.model.texts import said
from latchkey.sign_in.model.passwords import LONGEST_RECEIVED
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, alone, done, my
from portal.system import system
from web.answer import Answer
from web.field_words import together
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
ASKED: Final = said(
    "A mail with a link is on its way to that address. It can take a few minutes; look in the junk folder too. "
    "After a few within an hour, no more are sent."
)
DONE = {
    "email": ASKED,
    "email-cancelled": said("Your e-mail address stays as it is."),
    "confirmation": ASKED,
}


def facts(found: Wiring, who: SignedIn) -> dict[str, Any]:
    """The address, whether it is confirmed and until when it can be, and which one waits."""
    person, school = who.person, who.school
    return {
        "email": person.email,
        "is_unconfirmed": person.email is not None and person.address_is_unconfirmed,
        "until": person.provisional_until,
        "asked": waits(found, who),
        "elsewhere": school.uses_sso(person),
        "none_kept": person.role == "student" and school.settings.student_email == "none",
        "domains": ", ".join(school.settings.domains_of(person.role)),
        "needs_password": not is_fresh(found, who),
        "has_password": person.password_set_at is not None,
        "alone": False,
    }


def facts_alone(found: Wiring, who: SignedIn) -> dict[str, Any]:
    """The same on a page of its own, which has the form: a page has one field for a password."""
    return {**facts(found, who), "alone": True}


@routes.on("GET", "/account/email", page=ALONE)
def page(request: Request) -> Answer:
    """The form on a page of its own."""
    who = my(request)
    alone(request, who, "email", facts_alone)
    found = facts(system(), who)
    return Answer(
        data={
            "email": found["email"],
            "is_confirmed": not found["is_unconfirmed"],
            "ends_at": rfc3339(found["until"] if found["is_unconfirmed"] else None),
            "new_email": found["asked"],
        }
    )


@routes.on("POST", "/account/email", form=ALONE)
def change(request: Request) -> Answer:
    """Ask for another address: 202 for every one, whoever has it."""
    who = my(request)
    alone(request, who, "email", facts_alone)
    email, current = together(
        lambda: request.login("email", required=False),
        lambda: request.text("current", longest=LONGEST_RECEIVED, required=False),
    )
    change_email(system(), who, email, current)
    return Answer(data={"detail": ASKED}, status=202, location=done("email"))


@routes.on("POST", "/account/email/cancel", form=ALONE)
def take_back(request: Request) -> Answer:
    """Take the wish for another address back."""
    who = my(request)
    alone(request, who, "email", facts_alone)
    cancel(system(), who)
    return Answer(status=204, location=done("email-cancelled"))


@routes.on("POST", "/account/confirmation", form=ALONE)
def again(request: Request) -> Answer:
    """Have the mail sent again that asks for the confirmation of an address."""
    who = my(request)
    alone(request, who, "email", facts_alone)
    mail_again(system(), who)
    return Answer(data={"detail": ASKED}, status=202, location=done("confirmation"))
