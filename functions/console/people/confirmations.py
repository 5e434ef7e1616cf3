"""Ask those again who have typed an address that nobody has confirmed: a worker mails them, a few at a time."""

from console.system import system
from latchkey.sends.ask_unconfirmed import ask_all
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
SAID = "They are asked again, a few at a time: each gets a mail with a link."


@routes.on("POST", "/admin/{school}/people/confirmations", form="error.html")
def ask(request: Request, school: str) -> Answer:
    """Set it going; asking twice makes no second mail beyond what a mailbox gets in an hour."""
    seen = admin(request, system(), school)
    ask_all(system(), school, seen.person)
    return Answer(data={"detail": SAID}, status=202, location=f"/admin/{school}/people?unconfirmed=true&asked=1")
