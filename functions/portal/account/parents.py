"""A student's section of the account page: which adults are linked with them, and what to do if one is no parent of theirs."""

from typing import Any, Final

from latchkey.families.my_parents import Parent, my_parents, not_mine
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, my, shown_again
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
NAME: Final = "parents"
DONE: Final = {"not-mine": said("The school’s office is told. Until they have looked, this person does not see your PIN.")}


def facts(system: Wiring, who: SignedIn) -> dict[str, Any] | None:
    """The adults who are linked with a student."""
    return {"parents": my_parents(system, who.school, who.person)} if who.person.role == "student" else None


@routes.on("GET", "/account/parents", page=ALONE)
def show(request: Request) -> Answer:
    """The same as a page of its own; nobody of somebody who is no student."""
    who = my(request)
    found = facts(system(), who) or {"parents": []}
    data = {"items": [_json(each) for each in found["parents"]], "next": None}
    return Answer(data=data, context={"name": NAME, "section": found})


@routes.on("POST", "/account/parents/{id}/not-mine", form=ALONE)
def object_to(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Tell the office that this is not one's parent."""
    who = my(request)
    with shown_again(request, who, NAME, facts):
        not_mine(system(), who.school, who.person, id)
    return Answer(status=204, location="/account?done=not-mine")


def _json(parent: Parent) -> dict[str, Any]:
    return {
        "id": parent.id,
        "given_name": parent.given_name,
        "role": parent.role,
        "registered": parent.registered,
        "not_mine": parent.told,
    }
