"""Sign in by a passkey alone: the browser offers what it has for this site, and nobody is told who is here."""

from latchkey.errors import Invalid
from latchkey.second_factors.prove_passkey import passkey_for_anybody, prove_passkey
from latchkey.shared.model.texts import said
from latchkey.sign_in.budgets import school_and_failures
from portal.of_school import of_school
from portal.sign_in.steps import outcome
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/schools/{school}/sessions/passkey")
def begin(request: Request, school: str) -> Answer:
    """What the browser is given to sign: the same for everybody, with no list of anybody's passkeys."""
    return Answer(data={"challenge": passkey_for_anybody(system(), school, source_ip=request.source_ip)})


@routes.on("POST", "/schools/{school}/sessions/passkey/answer", form="sign_in/sign_in.html")
def create(request: Request, school: str) -> Answer:
    """A session for whoever has the passkey, and has shown it who they are."""
    of = school_and_failures(system(), school)  # first: the school is read with it
    of_school(request, school)
    credential = request.fields.get("credential")
    if not credential:
        raise Invalid(fields={"credential": said("Use your passkey, or sign in with your password.")})
    return outcome(request, prove_passkey(system(), of, credential, source_ip=request.source_ip))
