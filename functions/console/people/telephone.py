"""The office on the telephone: what to ask who rings, and a code to read out to them."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.codes.model import codes
from latchkey.codes.read_out_code import LIFE, read_out_code
from latchkey.families.model.spelling import groups
from latchkey.families.on_the_telephone import Call, on_the_telephone
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
PAGE = "people/telephone.html"


@routes.on("GET", "/admin/{school}/people/{id}/telephone", page=PAGE)
def telephone(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What to ask somebody who says that they are this person."""
    seen = admin(request, system(), school)
    call = on_the_telephone(system(), seen.school, id)
    return Answer(data=_call_json(call), context=_for_page(call, school))


@routes.on("POST", "/admin/{school}/people/{id}/read-out", page="people/read_out.html", form=PAGE)
def read_out(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """A code for this person, to be said: for a quarter of an hour, once. The one before works no more."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    if request.wants_page:
        call = on_the_telephone(system(), seen.school, id)
        request.context.update(data=_call_json(call), **_for_page(call, school))
    given = read_out_code(system(), seen.school, seen.person, id)
    context = {"groups": groups(given.code), "minutes": LIFE // 60}
    return Answer(data={"code": given.code, "expires_at": rfc3339(given.expires_at)}, context=context)


def _call_json(call: Call) -> dict[str, Any]:
    refused = {"code": call.refused[0], "text": call.refused[1]} if call.refused else None
    questions = [{"ask": each.ask, "answer": each.answer} for each in call.questions]
    return {"person": call.person.id, "questions": questions, "refused": refused}


def _for_page(call: Call, school: str) -> dict[str, Any]:
    return {"caller": call.person, "place": codes.redeem_url(system().settings["ORIGIN"], school)}
