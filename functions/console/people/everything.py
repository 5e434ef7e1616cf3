"""What is held about a person, as one JSON answer."""

from typing import Any

from console.people.history import history_json
from console.people.people import person_json, whole_person
from console.system import system
from latchkey.people.model.person import Person
from latchkey.records.everything import Held
from latchkey.records.everything import everything as look
from latchkey.sign_in.stores.sessions import Session
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/people/{id}/everything")
def everything(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """All that is held about a person; that it was asked for is in the audit trail."""
    seen = admin(request, system(), school, beside=id)
    found = look(system(), seen.school, seen.person, id, seen.beside)
    person = found.family.person
    data = {
        "person": whole_person(found.family, seen.school) | _more(person),
        "family": [person_json(each, seen.school) for each in (*found.family.parents, *found.family.children)],
        "sessions": [_session(each) for each in found.sessions],
        "history": history_json(found.history),
        "held": [_held(each) for each in found.held],
    }
    return Answer(data=data)


def _held(held: Held) -> dict[str, Any]:
    """A kind of item that may name people: what it is for, who sees it, how long it is kept, and this person's values."""
    kind = held.kind
    shown = ((name, what) for name, what in kind.attributes.items() if name not in kind.hidden)
    attributes = [{"name": name, "what": what, "value": held.values.get(name)} for name, what in shown]
    said = {"kind": kind.name, "why": kind.why, "kept": kind.kept, "seen_by": kind.seen_by, "erased": kind.erased}
    return said | {"attributes": attributes}


def _more(person: Person) -> dict[str, Any]:
    """What the person's page does not show."""
    former, earlier = person.former_email, []
    while former is not None:
        earlier.append({"email": former.email or None, "replaced_at": rfc3339(former.at)})
        former = former.earlier
    return {"number": person.number, "former_emails": earlier}


def _session(session: Session) -> dict[str, Any]:
    return {
        "created_at": rfc3339(session.created_at),
        "seen_at": rfc3339(session.seen_at),
        "expires_at": rfc3339(session.expires_at),
    }
