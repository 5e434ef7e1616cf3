"""The audit trail: who did what, and when."""

from console.lists import page_of
from console.system import system
from latchkey.audit.model import in_words
from latchkey.audit.model.in_words import KINDS, people_in
from latchkey.audit.read_audit import read_audit
from latchkey.errors import Invalid
from latchkey.schools.name_people import names_of
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/audit", page="audit/audit.html")
def audit(request: Request, school: str) -> Answer:
    """Audit events, newest first: of one kind, or all. A page shows what people did, unless another kind is asked for."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, "kind")
    kind = request.query.get("kind") or ("deeds" if request.wants_page else "all")
    if kind not in KINDS:
        raise Invalid(fields={"kind": f"Choose one of {', '.join(KINDS)}."})
    found = read_audit(system(), school, kind=kind, cursor=cursor, limit=limit)
    names = names_of(system(), seen.school, people_in(found.items)) if request.wants_page else {}
    items = [{"visitor": None, **event, "at": rfc3339(event["at"])} for event in found.items]
    context = {"names": names, "kind": kind, "in_words": in_words, "cursor": cursor}
    return Answer(data={"items": items, "next": found.next}, context=context)
