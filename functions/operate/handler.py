"""The handler of operate: a command in, ``{"ok": true, ...}`` or ``{"ok": false, "error": sentence}`` out. No URL leads here."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.errors import Invalid, LatchkeyError
from latchkey.operator.invite_admin import invite_admin
from latchkey.operator.make_school import make_school
from latchkey.schools.publish_page import publish_page, publish_pages
from latchkey.wiring import Wiring, wiring
from measure.metrics import kind_of, measure
from web.school_page import school_page

logger = Logger()


def system() -> Wiring:
    """The stores that operate may use; tests put their own in its place."""
    return wiring("operate")


def handle(event: Any, _context: Any) -> dict[str, Any]:
    """Lambda's entry: one command."""
    command = event.get("command") if isinstance(event, Mapping) else None
    work = COMMANDS.get(command) if isinstance(command, str) else None
    if work is None:
        return {"ok": False, "error": f"There is no such command. Use {' or '.join(COMMANDS)}."}
    try:
        answer = work(event)
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
    """Why not, as a sentence; with the fields that cannot be used."""
    fields = error.fields if isinstance(error, Invalid) else {}
    reasons = [error.detail, *(f"{name}: {text}" for name, text in fields.items())]
    answer: dict[str, Any] = {"ok": False, "error": " ".join(reasons)}
    if fields:
        answer["fields"] = fields
    return answer | ({"exists": True} if error.code == "exists" else {})


def _make_school(event: Mapping[str, Any]) -> dict[str, Any]:
    school = make_school(system(), event.get("school"))
    publish_page(system(), school.slug, school_page)
    return {"school": school.slug, "name": school.name}


def _invite_admin(event: Mapping[str, Any]) -> dict[str, Any]:
    names = ("school", "email", "given_name", "family_name")
    invited = invite_admin(system(), *(event.get(name) for name in names))
    return {"person": invited.person.id, "new": invited.new, "send": invited.send}


def _publish_pages(event: Mapping[str, Any]) -> dict[str, Any]:
    published = publish_pages(system(), school_page, str(event.get("after") or ""))
    return {"written": published.written, "failed": published.failed, "next": published.next}


COMMANDS = {"make_school": _make_school, "invite_admin": _invite_admin, "publish_pages": _publish_pages}
