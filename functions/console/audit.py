"""The audit trail: who did what, and when."""

from console.lists import page_of
from console.system import system
from latchkey.audit.read_audit import names_of, read_audit
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/audit", page="audit/audit.html")
def audit(request: Request, school: str) -> Answer:
    """Audit events, newest first."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE)
    found = read_audit(system(), school, cursor=cursor, limit=limit)
    names = names_of(system(), school, found.items) if request.wants_page else {}
    items = [event | {"at": rfc3339(event["at"])} for event in found.items]
    return Answer(data={"items": items, "next": found.next}, context={"names": names})
