"""The handler of operate: a command in, ``{"ok": true, ...}`` or ``{"ok": false, "error": sentence}`` out. No URL leads here."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final, NamedTuple, get_args

from aws_lambda_powertools import Logger

from latchkey.errors import Invalid, LatchkeyError, TryLater
from latchkey.operator.admins import end_admin, list_admins
from latchkey.operator.delete_school import PLACES, delete_school
from latchkey.operator.end_epoch import What, end_epoch, try_to_end
from latchkey.operator.export_school import export_school
from latchkey.operator.free_admins import free_admins
from latchkey.operator.invite_admin import invite_admin
from latchkey.operator.make_school import make_school
from latchkey.operator.reset_factors import reset_factors
from latchkey.operator.rotate_lookup_key import count_people, rotate_lookup_key
from latchkey.people.model.person import Person
from latchkey.preflight.look import look_now, site_now
from latchkey.schools.publish_page import publish_page, publish_pages
from latchkey.wiring import Wiring, wiring
from measure.metrics import kind_of, measure
from web.school_page import school_page

logger = Logger()
_A_SCHOOL: Final = 20.0  # seconds in which the largest school has been looked at


class Command(NamedTuple):
    """What somebody has asked for, and the seconds that are left for it."""

    event: Mapping[str, Any]
    time_left: Callable[[], float]

    def get(self, name: str) -> Any:
        """One of its words; None where it does not say it."""
        return self.event.get(name)


def system() -> Wiring:
    """The stores that operate may use; tests put their own in its place."""
    return wiring("operate")


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Lambda's entry: one command."""
    command = event.get("command") if isinstance(event, Mapping) else None
    work = COMMANDS.get(command) if isinstance(command, str) else None
    if work is None:
        return {"ok": False, "error": f"There is no such command. Use {' or '.join(COMMANDS)}."}
    try:
        answer = work(Command(event, lambda: context.get_remaining_time_in_millis() / 1_000))
    except LatchkeyError as error:
        logger.warning("refused", extra={"command": command, "code": error.code})
        return refusal(error)
    except Exception as error:
        measure("Failed", reason=kind_of(error))
        raise
    measure("Done")
    logger.info("done", extra={"command": command})
    return {"ok": True, **answer}


def refusal(error: LatchkeyError) -> dict[str, Any]:
    """Why not, as a sentence; with the fields that cannot be used. ``again``: a service was busy, so the same may work later."""
    fields = error.fields if isinstance(error, Invalid) else {}
    reasons = [error.detail, *(f"{name}: {text}" for name, text in fields.items())]
    answer: dict[str, Any] = {"ok": False, "error": " ".join(reasons)}
    if fields:
        answer["fields"] = fields
    answer |= {"exists": True} if error.code == "exists" else {}
    return answer | ({"again": True} if isinstance(error, TryLater) else {})


def _make_school(event: Command) -> dict[str, Any]:
    school = make_school(system(), event.get("school"))
    publish_page(system(), school.slug, school_page)
    return {"school": school.slug, "name": school.name}


def _invite_admin(event: Command) -> dict[str, Any]:
    names = ("school", "email", "given_name", "family_name")
    invited = invite_admin(system(), *(event.get(name) for name in names))
    return {"person": invited.person.id, "new": invited.new, "send": invited.send}


def _publish_pages(event: Command) -> dict[str, Any]:
    published = publish_pages(system(), school_page, str(event.get("after") or ""))
    return {"written": published.written, "failed": published.failed, "next": published.next}


def _end_epoch(event: Command) -> dict[str, Any]:
    what = event.get("what")
    if what not in get_args(What):
        raise Invalid("Say what to end: link or code.")
    ended = (end_epoch if event.get("confirm") is True else try_to_end)(system(), event.get("school"), what)
    return {"epoch": ended.epoch, "people": ended.people, "done": event.get("confirm") is True}


def _delete_school(event: Command) -> dict[str, Any]:
    piece = delete_school(system(), event.get("school"), event.get("confirm"), event.get("next"), event.time_left)
    return {"counts": piece.kinds, "places": piece.places, "of": PLACES, "next": piece.next}


def _export_school(event: Command) -> dict[str, Any]:
    exported = export_school(system(), event.get("school"), event.get("next"), event.time_left)
    folder = f"{system().settings['EXPORTS_BUCKET']}/{exported.folder}"
    return {"folder": folder, "counts": exported.lines, "next": exported.next}


def _rotate_lookup_key(event: Command) -> dict[str, Any]:
    school, following = event.get("school"), event.get("next")
    if event.get("confirm") is True:
        done = rotate_lookup_key(system(), school, event.get("since"), following, event.time_left)
    else:
        done = count_people(system(), school, following, event.time_left)
    return asdict(done)


def _preflight(event: Command) -> dict[str, Any]:
    """Each call looks at some schools; the first one also at the site."""
    following = event.get("next")
    site = [asdict(check) for check in site_now(system())] if following is None else []
    slugs = sorted(school["slug"] for school in system().schools.all())
    left = [slug for slug in slugs if following is None or slug > str(following)]
    schools: dict[str, list[dict[str, Any]]] = {}
    last = None
    for last in left:
        found = system().schools.get(last)
        if found is not None:
            schools[last] = [asdict(check) for check in look_now(system(), found).own]
        if event.time_left() < _A_SCHOOL:
            break
    return {"site": site, "schools": schools, "next": last if left and last != left[-1] else None}


def _list_schools(_event: Command) -> dict[str, Any]:
    return {"schools": [school["slug"] for school in system().schools.all()], "at": system().now()}


def _list_admins(event: Command) -> dict[str, Any]:
    return {"admins": [_admin(each) for each in list_admins(system(), event.get("school"))]}


def _end_admin(event: Command) -> dict[str, Any]:
    ended = end_admin(system(), event.get("school"), event.get("person"), last_too=event.get("last_too") is True)
    return {"ended": _admin(ended)}


def _reset_factors(event: Command) -> dict[str, Any]:
    return {"reset": _admin(reset_factors(system(), event.get("school"), event.get("person")))}


def _free_admins(event: Command) -> dict[str, Any]:
    return {"changed": free_admins(system(), event.get("school"))}


def _admin(person: Person) -> dict[str, Any]:
    last = time.strftime("%Y-%m-%d", time.gmtime(person.last_login_at)) if person.last_login_at else None
    return {"id": person.id, "name": person.name, "email": person.email, "role": person.role, "last_signed_in": last}


COMMANDS = {
    "make_school": _make_school,
    "invite_admin": _invite_admin,
    "publish_pages": _publish_pages,
    "end_epoch": _end_epoch,
    "delete_school": _delete_school,
    "export_school": _export_school,
    "rotate_lookup_key": _rotate_lookup_key,
    "preflight": _preflight,
    "list_schools": _list_schools,
    "list_admins": _list_admins,
    "end_admin": _end_admin,
    "reset_factors": _reset_factors,
    "free_admins": _free_admins,
}
