"""A student's section of the account page: invite the parents by e-mail, see who was invited, take that back."""

from typing import Any, Final

from latchkey.errors import Invalid
from latchkey.families.invite_parents import MOST, invite_parents, why_not
from latchkey.invitations.invite import sent_by, take_back
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, my, shown_again
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
NAME: Final = "parent_invitations"
PAGE: Final = "/account/parent-invitations"
DONE: Final = {
    "invited": said("Your invitations are on their way. Ask your parents to look into their mail, also under spam."),
    "taken-back": said("The invitation is taken back. Its link no longer works for you."),
}


def facts(system: Wiring, who: SignedIn) -> dict[str, Any] | None:
    """Whom a student has invited, and whether they can invite."""
    if who.person.role != "student":
        return None
    sent = sent_by(system, who.school, who.person)
    return {"hidden": why_not(who.school, who.person), "sent": sent, "fields": range(1, MOST + 1)}


@routes.on("GET", PAGE, page=ALONE)
def show(request: Request) -> Answer:
    """The same as a page of its own; nobody of somebody who is no student."""
    who = my(request)
    found = facts(system(), who) or {"hidden": "", "sent": [], "fields": ()}
    items = [{"id": each.id, "email": each.email or None, "at": rfc3339(each.at), "state": each.state} for each in found["sent"]]
    return Answer(data={"items": items, "next": None}, context={"name": NAME, "section": found})


@routes.on("POST", PAGE, form=ALONE)
def invite(request: Request) -> Answer:
    """Invite up to five mailboxes; the answer is the same whoever they are."""
    who = my(request)
    with shown_again(request, who, NAME, facts):
        invite_parents(system(), who.school, who.person, _typed(request))
    return Answer(data={"state": "queued"}, status=202, location="/account?done=invited")


@routes.on("POST", PAGE + "/{id}/take-back", form=ALONE)
def withdraw(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Take back an invitation that one has sent."""
    who = my(request)
    with shown_again(request, who, NAME, facts):
        take_back(system(), who.school, who.person, id)
    return Answer(status=204, location="/account?done=taken-back")


def _typed(request: Request) -> list[str]:
    """The addresses: a list in JSON, fields ``email_1`` and so on in a form."""
    if request.is_form:
        return [str(request.fields.get(f"email_{number}", "")) for number in range(1, MOST + 1)]
    emails = request.fields.get("emails")
    if not isinstance(emails, list) or len(emails) > MOST or not all(isinstance(each, str) for each in emails):
        raise Invalid(fields={"emails": said("Give a list of up to five e-mail addresses.")})
    return emails
