"""What can be done with one person: sign them out, take a parent and a student apart, erase them."""

from console.lists import only
from console.system import system
from latchkey.errors import Invalid
from latchkey.records.erase_person import erase_person
from latchkey.records.hide_pin import hide_pin
from latchkey.records.keep_parent import keep_parent
from latchkey.records.sign_out import sign_out
from latchkey.records.unlink_parent import unlink_parent
from latchkey.records.unlink_sso import unlink_sso
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/admin/{school}/people/{id}/sign-out")
def end_sessions(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """End all sessions of a person."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    sign_out(system(), school, seen.person, id)
    return Answer(status=204, location=f"/admin/{school}/people/{id}?saved=signed-out")


def unlink(request: Request, school: str, id: str, parent: str) -> Answer:  # noqa: A002 - the name in the path
    """Take a parent and a student apart, both ways."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    unlink_parent(system(), school, seen.person, id, parent)
    return Answer(status=204, location=f"/admin/{school}/people/{id}?saved=unlinked")


routes.on("DELETE", "/admin/{school}/people/{id}/parents/{parent}")(unlink)
routes.on("POST", "/admin/{school}/people/{id}/parents/{parent}/delete")(unlink)  # browsers can only post


@routes.on("POST", "/admin/{school}/people/{id}/parents/{parent}/pin")
def see_pin(request: Request, school: str, id: str, parent: str) -> Answer:  # noqa: A002 - the name in the path
    """Say whether a parent gets to see a student's PIN; ``back`` is whose page a form stands on."""
    seen = admin(request, system(), school)
    only(request.fields, ("shown", "back") if request.is_form else ("shown",))
    shown = request.flag("shown")
    hide_pin(system(), school, seen.person, (id, parent), hidden=not shown)
    page = parent if request.fields.get("back") == "parent" else id
    return Answer(status=204, location=f"/admin/{school}/people/{page}?saved=pin-{'shown' if shown else 'hidden'}")


@routes.on("POST", "/admin/{school}/people/{id}/parents/{parent}/keep")
def keep(request: Request, school: str, id: str, parent: str) -> Answer:  # noqa: A002 - the name in the path
    """A student says that this is not their parent, and it is."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    keep_parent(system(), school, seen.person, id, parent)
    return Answer(status=204, location=f"/admin/{school}/people/{id}?saved=kept")


def unlink_account(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Let a person come in with another account of the school's own sign-in."""
    seen = admin(request, system(), school)
    only(request.fields, ())
    unlink_sso(system(), school, seen.person, id)
    return Answer(status=204, location=f"/admin/{school}/people/{id}?saved=sso-unlinked")


routes.on("DELETE", "/admin/{school}/people/{id}/sso")(unlink_account)
routes.on("POST", "/admin/{school}/people/{id}/sso/delete")(unlink_account)  # browsers can only post


def erase(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Erase a person; a form says so with a tick."""
    seen = admin(request, system(), school, beside=id)
    only(request.fields, ("confirm",) if request.is_form else ())
    if request.is_form and not request.flag("confirm"):
        raise Invalid("Nobody was erased.", fields={"confirm": "Tick that this person is to be erased."})
    erase_person(system(), seen.school, seen.person, id, seen.beside)
    return Answer(status=204, location=f"/admin/{school}/people")


routes.on("DELETE", "/admin/{school}/people/{id}")(erase)
routes.on("POST", "/admin/{school}/people/{id}/delete")(erase)  # browsers can only post
