"""Use a PIN, a parent code or a code that was read out: it comes in a body only; the page reads it from the fragment."""

from functools import partial
from typing import Any

from latchkey.codes.check_code import OpenCode, check_code, code_to_use, unless_used
from latchkey.codes.use_code import Wishes, email_rule, use_code
from latchkey.codes.use_phone import begin_phone, offers_phone
from latchkey.errors import Invalid
from latchkey.schools.find_school import the_school
from latchkey.second_factors.first_passkey import Phone
from latchkey.sign_in.model.passwords import LONGEST, LONGEST_RECEIVED, shortest, typographic
from portal.account.account import person_facts
from portal.account.sections import done as words_said
from portal.of_school import of_school
from portal.pasted import pasted_code
from portal.sign_in.steps import by_password, by_phone, opened
from portal.system import system
from web.answer import Answer
from web.entered import cookies_of
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339

routes = RouteGroup(__name__, lambda: system().settings)
_LOGINS = frozenset({"email", "username"})
OPTIONAL = ("email", "username", "given_name", "family_name")


@routes.on("GET", "/r/{school}", fragment=True)
def short_address(_: Request, school: str) -> Answer:
    """What slips print and QR codes hold: leads to the page. A browser takes the fragment along, and no server sees it."""
    found = the_school(system(), school)
    return Answer(status=303, location=f"/schools/{found.slug}/redeem")


@routes.on("GET", "/schools/{school}/redeem", page="codes/redeem.html", fragment=True, public=True)
def page(request: Request, school: str) -> Answer:
    """The same page for everyone."""
    return Answer(data=_page_of(request, school))


@routes.on("POST", "/schools/{school}/codes/check", page="codes/redeem.html", form="codes/redeem.html")
def check(request: Request, school: str) -> Answer:
    """What a code opens; uses nothing up."""
    data = _page_of(request, school)
    found = check_code(system(), school, _typed(request), request.source_ip)
    _show(request, found)
    return Answer(data=data if request.wants_page else _opened(found))


@routes.on("POST", "/schools/{school}/codes/use", page="codes/redeem.html", form="codes/redeem.html")
def use(request: Request, school: str) -> Answer:
    """Claim an account with a PIN, or register with a parent code."""
    data = _page_of(request, school)
    code = _typed(request)
    wrong: dict[str, str] = {}
    typed = {name: _text(request, name, wrong) for name in OPTIONAL}
    password, phone = _text(request, "password", wrong, longest=LONGEST_RECEIVED), _phone(request)
    found = code_to_use(system(), school, code, request.source_ip, wish=typed["username"], made=phone.person if phone else "")
    with unless_used(system(), found):
        _show(request, found)
    enter = partial(by_phone, request) if phone is not None else partial(by_password, request, found.beside.factors)
    used = use_code(system(), found, Wishes(password=password, phone=phone, **typed), wrong, enter=enter)
    if phone is not None and used.opened is not None:
        return opened(request, used.opened)
    done = {
        "kind": found.code.kind,
        "person": person_facts(used.person, found.school) | {"email": used.person.email, "username": used.person.username},
        "sign_in": f"/schools/{school}/sessions",
    }
    goes_on = {"Set-Cookie": cookies_of(request, used.opened.token)} if used.opened is not None else {}
    if goes_on and request.wants_page:
        return Answer(status=204, location=words_said("ready"), headers=goes_on)
    shown = data if request.wants_page else done
    return Answer(data=shown, status=201, context={"done": done, "sign": typographic(password)}, headers=goes_on)


@routes.on("POST", "/schools/{school}/codes/passkey")
def begin_with_phone(request: Request, school: str) -> Answer:
    """What the browser is given to make a passkey in place of a password; uses nothing up."""
    found = check_code(system(), school, _typed(request), request.source_ip)
    request.language = found.student.language
    begun = begin_phone(system(), found, request.text("login", longest=320, required=False))
    return Answer(data={"person": begun.person, "challenge": begun.options})


def _phone(request: Request) -> Phone | None:
    """The passkey that was made, if one was."""
    credential = request.fields.get("credential")
    return Phone(request.text("person", longest=40), credential) if credential else None


def _text(request: Request, name: str, wrong: dict[str, str], *, longest: int = 320, required: bool = False) -> str:
    """A field, or nothing and what is wrong with it: all that is wrong is said at once."""
    try:
        if name in _LOGINS:
            return request.login(name, required=required)
        return request.text(name, longest=longest, required=required)
    except Invalid as error:
        wrong |= error.fields
        return ""


def _page_of(request: Request, school: str) -> dict[str, Any]:
    """What the page needs, also if the code is refused."""
    _, data = of_school(request, school)
    request.context.update(opened=None, done=None, sign="", code="")
    return data


def _typed(request: Request) -> str:
    request.context["code"] = typed = pasted_code(request)
    return typed


def _show(request: Request, found: OpenCode) -> None:
    """What the page says of a code that works, also where what stands beside it cannot be taken."""
    request.language = found.student.language
    request.context.update(opened=_opened(found), code=found.code.text)


def _opened(found: OpenCode) -> dict[str, Any]:
    """What whoever holds a code may know: whose it is by first name, and what they can choose."""
    pin = found.code.kind != "parent"
    of_kind = (
        {"email": email_rule(found), "has_email": found.student.email is not None}
        if pin
        else {"email": "required", "places_left": found.places}
    )
    return {
        "kind": found.code.kind,
        "school": found.school.slug,
        "school_name": found.school.name,
        "student": {"given_name": found.school.known_as(found.student).given_name},
        "expires_at": rfc3339(found.state.expires_at),
        "username": found.student.username if pin else None,
        "phone": offers_phone(found),
        "phone_alone": found.school.settings.phones.alone,
        "password": {"shortest": shortest(found.student.role if pin else "parent"), "longest": LONGEST},
        **of_kind,
    }
