"""What became of each recipient of a send: pages, search, and the same as a file."""

from urllib.parse import urlencode

from console.lists import only, page_of
from console.sends.sends import recipient_json
from console.system import system
from latchkey.sends import list_recipients, watch_send
from latchkey.sends.download_recipients import download_recipients
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_WANTED = ("state", "reason", "q", "show")


@routes.on("GET", "/admin/{school}/sends/{id}/recipients")
def recipients(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What became of each recipient. In a browser they stand on the page of the message."""
    admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, *_WANTED)
    if request.wants_page:
        asked = urlencode({name: value for name, value in request.query.items() if name in _WANTED})
        return Answer(status=303, location=f"/admin/{school}/sends/{id}{'?' if asked else ''}{asked}")
    wanted = list_recipients.parse_wanted(request.query)
    found = watch_send.get_send(system(), school, id)
    page = list_recipients.list_recipients(system(), school, found, wanted, cursor=cursor, limit=limit)
    return Answer(data={"items": [recipient_json(each) for each in page.items], "next": page.next, "looked": page.looked})


@routes.on("GET", "/admin/{school}/sends/{id}/recipients/download")
def download(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to a file of them."""
    seen = admin(request, system(), school)
    only(request.query, (*_WANTED, "format", "by"))
    wanted = list_recipients.parse_wanted(request.query)
    form = request.query.get("format", "csv")
    by = request.query.get("by", "")
    return Answer(status=303, location=download_recipients(system(), school, seen.person, id, wanted, form=form, by=by))
