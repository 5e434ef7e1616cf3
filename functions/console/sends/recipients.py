"""What became of each recipient of a send: pages, search, and the same as a file."""

from typing import Any
from urllib.parse import urlencode

from console.lists import only, page_of
from console.sends.sends import recipient_json, send_json
from console.system import system
from latchkey.sends import list_recipients, watch_send
from latchkey.sends.download_recipients import download_recipients, see_file, url_of_made
from latchkey.sends.model.people_file import PeopleFile
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_FILE = "/admin/{school}/sends/{id}/recipients/files/{file}"
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
    found = download_recipients(system(), school, seen.person, id, wanted, form=form, by=by)
    place = found if isinstance(found, str) else f"/admin/{school}/sends/{id}/recipients/files/{found.id}"
    return Answer(status=303, location=place)


@routes.on("GET", _FILE, page="sends/people_file.html")
def file(request: Request, school: str, id: str, file: str) -> Answer:  # noqa: A002 - the name in the path
    """Whether a file that a worker makes is there."""
    seen = admin(request, system(), school)
    only(request.query, ())
    found, send = see_file(system(), school, id, file)
    return Answer(data=_file_json(found, school), context={"send": send_json(send, seen.school)})


@routes.on("GET", f"{_FILE}/download")
def download_file(request: Request, school: str, id: str, file: str) -> Answer:  # noqa: A002 - the name in the path
    """The way to it."""
    seen = admin(request, system(), school)
    only(request.query, ())
    return Answer(status=303, location=url_of_made(system(), school, seen.person, id, file))


def _file_json(file: PeopleFile, school: str) -> dict[str, Any]:
    state = file.state_at(system().now())
    place = f"/admin/{school}/sends/{file.send}/recipients/files/{file.id}"
    return {
        "id": file.id,
        "send": file.send,
        "state": state,
        "progress": {"done": file.rows, "total": file.rows if state == "finished" else 0},
        "rows": file.rows,
        "format": file.form,
        "by": file.by or None,
        "download": f"{place}/download" if state == "finished" else None,
        "created_at": rfc3339(file.created_at),
        "finished_at": rfc3339(file.finished_at),
        "expires_at": rfc3339(file.ends_at),
    }
