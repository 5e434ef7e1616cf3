"""What became of each recipient of a send: pages, search, and the same as a file."""

from typing import Any

from console.lists import only, page_of
from console.sends.sends import send_json
from console.system import system
from latchkey.sends import watch_send
from latchkey.sends.download_recipients import download_recipients
from latchkey.sends.model.in_words import reasons_of
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.refusals import shown
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_WANTED = ("state", "reason", "q")


@routes.on("GET", "/admin/{school}/sends/{id}/recipients", page="sends/recipients.html")
def recipients(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What became of each recipient."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, *_WANTED)
    wanted = watch_send.parse_wanted(request.query)
    page = watch_send.list_recipients(system(), school, id, wanted, cursor=cursor, limit=limit)
    data = {"items": [_recipient_json(each) for each in page.items], "next": page.next}
    context: dict[str, Any] = {}
    if request.wants_page:
        found = watch_send.get_send(system(), school, id)
        context = {"send": send_json(found, seen.school), "wanted": wanted, "states": MAIL_STATES, "reasons": reasons_of(found)}
    return Answer(data=data, context=context)


@routes.on("GET", "/admin/{school}/sends/{id}/recipients/download")
def download(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to a file of them."""
    seen = admin(request, system(), school)
    only(request.query, (*_WANTED, "format"))
    wanted = watch_send.parse_wanted(request.query)
    form = request.query.get("format", "csv")
    return Answer(status=303, location=download_recipients(system(), school, seen.person, id, wanted, form=form))


def _recipient_json(row: watch_send.Recipient) -> dict[str, Any]:
    return {
        "person": row.person,
        "name": row.name,
        "email": row.email,
        "state": row.state,
        "reason": shown(row.reason),
        "detail": row.detail or None,
        "at": rfc3339(row.at),
        "password_set_at": rfc3339(row.password_set_at),
    }
