"""What browsers and crawlers ask every site for."""

from typing import Final

from portal.system import system
from web.answer import Answer
from web.doors import Doors
from web.files import asset
from web.request import Request

routes = Doors(__name__, lambda: system().settings)
_FOR_A_DAY: Final = "public, max-age=86400"
# The pages of schools may be found; what belongs to one person's letter, mail or account is nobody's to read.
_ROBOTS: Final = "User-agent: *\nDisallow: /admin\nDisallow: /account\nDisallow: /r/\nDisallow: /set-password\n"


@routes.door("GET", "/favicon.ico")
def icon(_: Request) -> Answer:
    """The icon that the pages name, for what looks under the old name: other programs, and the tab of a JSON answer."""
    return Answer(status=303, location=asset("key.svg"), headers={"Cache-Control": _FOR_A_DAY})


@routes.door("GET", "/robots.txt")
def robots(_: Request) -> Answer:
    """Which addresses crawlers stay away from."""
    return Answer(body=_ROBOTS, headers={"Content-Type": "text/plain; charset=utf-8", "Cache-Control": _FOR_A_DAY})
