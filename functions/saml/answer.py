"""Where providers' answers come to: one address for all schools; whose answer it is, the attempt says that this browser began.

provider's page ── form, across sites ──▶ our page with the same form ── from here, with the browser's cookies ──▶ taken
an answer to nothing (a start at the provider) ──▶ our own start, of the connection that it was made for
"""

from dataclasses import replace
from typing import Final

from latchkey.errors import NotFound
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School
from latchkey.sso.budgets import ANSWERS, spend
from latchkey.sso.end_trial import end_trial
from latchkey.sso.enter import Refused, enter
from latchkey.sso.failed import Failed
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.saml_addresses import connection_of, start_address
from latchkey.sso.model.saml_attempt import SamlAttempt, school_of
from latchkey.sso.model.trial import result_page
from latchkey.sso.read_connections import begun_with
from latchkey.sso.saml import refusals
from latchkey.sso.saml.envelope import Envelope, opened
from latchkey.sso.take_saml_answer import take_saml_answer
from saml.system import system
from web.answer import Answer
from web.entered import led_in, visit_of
from web.request import Request
from web.route_group import RouteGroup
from web.saml_browser import browser_cookie, kept_secret
from web.stopped import Words, stopped

routes = RouteGroup(__name__, lambda: system().settings)
_PAGE: Final = "sso/once_more.html"


@routes.on("POST", "/sso/saml", page=_PAGE, open_to_other_sites=True)
def take(request: Request) -> Answer:
    """A session, and 303 to where its holder wanted to go; or a page that says what went wrong and what to do."""
    try:
        envelope = opened(request.fields.get("SAMLResponse"))
    except refusals.Refused:
        return stopped(request, None, "", replace(Words.of("provider", None, ""), status=422))
    attempt = _attempt(envelope)
    if attempt is None:
        return _without_attempt(request, envelope)
    if kept_secret(request) is None and not request.flag("again"):
        return Answer(data={"again": True}, context={"response": "".join(request.fields["SAMLResponse"].split())})
    trial = bool(attempt.trial)
    try:
        school, connection = begun_with(system(), attempt.school, attempt.connection, attempt.version, trial=trial)
    except NotFound:
        return stopped(request, None, "", Words.of("lost", None, ""))
    request.context.update(school=school)
    spend(system(), school, ANSWERS, request.source_ip)
    return _answered(request, school, connection, attempt, envelope)


def _answered(
    request: Request, school: School, connection: Connection | None, attempt: SamlAttempt, envelope: Envelope
) -> Answer:
    label, name = connection.label if connection is not None else "", attempt.connection
    origin = system().settings["ORIGIN"]
    try:
        proof = take_saml_answer(system(), school, connection, attempt, envelope, secret=kept_secret(request), origin=origin)
    except Failed as failed:
        if attempt.trial and failed.reason != "lost":
            end_trial(system(), school, name, attempt.trial, failed)
            return Answer(status=303, location=result_page(school.slug, name))
        if failed.why == "tenant":
            refused = Refused(reason="foreign", account=failed.account, school=school)
            return stopped(request, school, name, Words.of_refusal(refused, label))
        return stopped(request, school, name, Words.of(failed.reason, school, label, failed.code))
    gone = browser_cookie("", 0)
    if attempt.trial:
        end_trial(system(), school, name, attempt.trial, proof)
        return Answer(status=303, location=result_page(school.slug, name), headers={"Set-Cookie": gone})
    if connection is None:
        raise NotFound()
    found = enter(system(), connection, proof, visit_of(request))
    if isinstance(found, Refused):
        return stopped(request, school, name, Words.of_refusal(found, label))
    return led_in(request, found, school.slug, [gone])


def _attempt(envelope: Envelope) -> SamlAttempt | None:
    """The attempt that a response says it answers. Nothing of the response is believed yet: it says where to look."""
    slug = school_of(envelope.answers)
    return system().saml_attempts(slug).get(envelope.answers) if slug is not None else None


def _without_attempt(request: Request, envelope: Envelope) -> Answer:
    """A start at the provider begins our own; an answer to a question that nobody asked counts for nothing."""
    ours = connection_of(system().settings["ORIGIN"], envelope.audience)
    school = _school(request, ours[0]) if ours is not None else None
    public = school.settings.sso.connection(ours[1]) if school is not None and ours is not None else None
    if school is None or public is None or public.kind != "saml":
        return stopped(request, school, "", Words.of("lost", school, ""))
    if envelope.answers:
        return stopped(request, school, public.name, Words.of("lost", school, public.label))
    return Answer(status=303, location=start_address(school.slug, public.name))


def _school(request: Request, slug: str) -> School | None:
    try:
        found = the_school_now(system(), slug)
    except NotFound:
        return None
    request.context.update(school=found)
    return found
