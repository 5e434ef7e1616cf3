"""The language of pages on this device, chosen at the foot of a page."""

import re
from typing import Final

from latchkey.errors import Invalid
from latchkey.shared.model.languages import LANGUAGES
from latchkey.shared.model.texts import said
from portal.system import system
from web.answer import Answer
from web.languages import chosen_cookie
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
_PLACE: Final = re.compile(r"/|(?:/[A-Za-z0-9_-]{1,128}){1,6}")
"""A page of this site; never an address that begins with two slashes, which is another site's."""


@routes.on("POST", "/language")
def choose(request: Request) -> Answer:
    """Keep the choice in a cookie, and go back to where it was made."""
    code, place = request.text("language", longest=10), request.text("to", longest=800, required=False)
    if code not in LANGUAGES:
        raise Invalid(fields={"language": said("Choose one of {names}.", names=", ".join(LANGUAGES))})
    back = place if _PLACE.fullmatch(place) else "/"
    return Answer(status=204, location=back, headers={"Set-Cookie": chosen_cookie(code)})
