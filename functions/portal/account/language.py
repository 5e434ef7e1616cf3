"""The section of the account page about the language of one's pages and mails."""

from typing import Any

from latchkey.accounts.choose_language import choose_language
from latchkey.shared.model.languages import ENGLISH, LANGUAGES
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, alone, done, my
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
DONE = {"language": said("Your language is changed.")}


def facts(_: Wiring, who: SignedIn) -> dict[str, Any]:
    """The languages there are, by the names that their speakers have for them, and which one is chosen."""
    return {
        "languages": tuple(LANGUAGES.values()),
        "chosen": who.person.language or "",
        "school": LANGUAGES.get(who.school.settings.language, ENGLISH),
    }


@routes.on("GET", "/account/language", page=ALONE)
def page(request: Request) -> Answer:
    """The form on a page of its own."""
    who = my(request)
    alone(request, who, "language", facts)
    return Answer(data={"language": who.person.language, "languages": list(LANGUAGES)})


@routes.on("POST", "/account/language", form=ALONE)
def choose(request: Request) -> Answer:
    """Another language; empty is the school's."""
    who = my(request)
    alone(request, who, "language", facts)
    choose_language(system(), who, request.text("language", longest=35, required=False))
    return Answer(status=204, location=done("language"))
