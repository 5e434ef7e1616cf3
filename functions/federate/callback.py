"""The way back from a provider: one address for all schools; whose answer it is, the attempt says that this browser keeps.

state of ours ──▶ proof ──▶ in, or the page that says why not; an admin's own try ──▶ its result
no state at all (a start at the provider) ──▶ our own start, of the way taken last in this browser
"""

from typing import Final

from federate.attempts import attempt_of, ended, way_taken_last
from federate.system import system
from latchkey.errors import NotFound
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School
from latchkey.sso.budgets import ANSWERS, spend
from latchkey.sso.end_trial import end_trial
from latchkey.sso.enter import Refused, enter
from latchkey.sso.failed import Failed
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.oidc_attempt import OidcAttempt
from latchkey.sso.model.trial import result_page
from latchkey.sso.read_answer import Answer as Brought
from latchkey.sso.read_answer import Attempted, read_answer
from latchkey.sso.read_connections import begun_with
from web.answer import Answer
from web.entered import led_in, visit_of
from web.request import Request
from web.route_group import RouteGroup
from web.stopped import Words, stopped

routes = RouteGroup(__name__, lambda: system().settings)
_LONGEST_TEXT: Final = 2_000


@routes.on("GET", "/sso/callback")
def come_back(request: Request) -> Answer:
    """A session, and 303 to where its holder wanted to go; or a page that says what went wrong and what to do."""
    state = request.query.get("state", "")
    attempt = attempt_of(request, state)
    if attempt is None:
        return _without_attempt(request, state)
    trial = bool(attempt.trial)
    try:
        school, connection = begun_with(system(), attempt.school, attempt.connection, attempt.version, trial=trial)
    except NotFound:
        return stopped(request, None, "", Words.of("lost", None, ""), ended(state))
    request.context.update(school=school)
    spend(system(), school, ANSWERS, request.source_ip)
    brought = Brought(
        code=request.query.get("code", ""),
        error=request.query.get("error", "")[:_LONGEST_TEXT],
        description=request.query.get("error_description", "")[:_LONGEST_TEXT],
        issuer=request.query.get("iss", ""),
    )
    return _answered(request, school, connection, attempt, brought)


def _answered(request: Request, school: School, connection: Connection | None, attempt: OidcAttempt, brought: Brought) -> Answer:
    label, gone = connection.label if connection is not None else "", ended(attempt.state)
    try:
        proof = read_answer(system(), Attempted(school, connection, attempt, system().settings["ORIGIN"]), brought)
    except Failed as failed:
        if attempt.trial:
            end_trial(system(), school, attempt.connection, attempt.trial, failed)
            return _to_result(school, attempt, gone)
        if failed.why == "tenant" and connection is not None:
            words = Words.of_refusal(Refused(reason="foreign", account=failed.account, school=school), label)
        else:
            words = Words.of(failed.reason, school, label, failed.code)
        return stopped(request, school, attempt.connection, words, gone)
    if connection is None:
        raise NotFound()
    if attempt.trial:
        end_trial(system(), school, attempt.connection, attempt.trial, proof)
        return _to_result(school, attempt, gone)
    found = enter(system(), connection, proof, visit_of(request))
    if isinstance(found, Refused):
        return stopped(request, school, connection.name, Words.of_refusal(found, label), gone)
    return led_in(request, found, school.slug, [gone])


def _without_attempt(request: Request, state: str) -> Answer:
    """A start at the provider begins our own; an answer to a question that this browser did not ask counts for nothing."""
    last = way_taken_last(request)
    if last is not None and not state and "error" not in request.query:
        return Answer(status=303, location=f"/schools/{last[0]}/sso/{last[1]}")
    school = None
    if last is not None:
        try:
            school = the_school_now(system(), last[0])
        except NotFound:
            last = None
    return stopped(request, school, last[1] if last else "", Words.of("lost", school, ""))


def _to_result(school: School, attempt: OidcAttempt, gone: str) -> Answer:
    return Answer(status=303, location=result_page(school.slug, attempt.connection), headers={"Set-Cookie": gone})
