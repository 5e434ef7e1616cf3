"""See a mail before it is sent: for a chosen person on a page, or as a test in one's own mailbox."""

from console.lists import only
from console.system import system
from latchkey.schools.model.settings_rules import in_words
from latchkey.sends import preview_mail
from latchkey.sends.model.send import SKIP_REASONS
from latchkey.sends.model.send_request import parse_kind
from latchkey.shared.model.ids import is_id
from web.answer import Answer, policy
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
IN_A_FRAME = {"Content-Security-Policy": policy() + "; frame-src 'self'"}
"""Headers of a page that has a mail in a frame."""
HTML_MAIL = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""Of the mail itself, in a frame of our page: no script, no link that leads anywhere, nothing from elsewhere."""


@routes.on("GET", "/admin/{school}/sends/preview", page="sends/send_preview.html")
def preview(request: Request, school: str) -> Answer:
    """The mail that a person would be sent; ``part=html`` is its HTML alone."""
    seen = admin(request, system(), school)
    only(request.query, ("person", "kind", "part", "tested"))
    kind = parse_kind(request.query.get("kind", "password_link"))
    found = preview_mail.preview(system(), seen.school, request.query.get("person"), kind)
    if request.query.get("part") == "html":
        return Answer(body=found.html, headers=HTML_MAIL)
    data = {
        "person": found.person.id if found.person is not None else None,
        "name": found.name,
        "to": found.to or None,
        "mail": found.mail,
        "life": found.life,
        "subject": found.subject,
        "text": found.text,
        "html": found.html,
        "skipped": found.skipped,
    }
    words = {
        "life": in_words(found.life) if found.life else "",
        "kind": kind,
        "why": SKIP_REASONS[found.skipped] if found.skipped else "",
    }
    tested = "tested" in request.query
    return Answer(data=data, context={**words, "tested": tested}, headers=IN_A_FRAME if request.wants_page else {})


@routes.on("POST", "/admin/{school}/sends/test")
def send_test(request: Request, school: str) -> Answer:
    """A mail to oneself, with a link that does not work."""
    seen = admin(request, system(), school)
    only(request.fields, ("mail", "person", "draft", "at"))
    person, draft = request.text("person", required=False), request.text("draft", required=False)
    to = preview_mail.send_test(system(), seen.school, seen.person, request.fields.get("mail"))
    shown = person if is_id(person) else seen.person.id
    if is_id(draft):
        at = request.text("at", longest=4, required=False)
        place = f"at={at}&" if at.isascii() and at.isdecimal() else ""
        return Answer(data={"to": to}, status=202, location=f"/admin/{school}/sends/drafts/{draft}/what?{place}tested=1")
    return Answer(data={"to": to}, status=202, location=f"/admin/{school}/sends/preview?person={shown}&tested=1")
