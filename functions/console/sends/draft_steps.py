"""The steps of a message that is being made, each at an address of its own: who, what, when; and who gets no mail."""

from dataclasses import replace
from itertools import islice
from typing import Any, Final

from console.lists import only
from console.sends.draft_json import draft_json
from console.sends.drafts import DRAFT, DRAFTS, address, revision_of
from console.sends.preview import HTML_MAIL, IN_A_FRAME
from console.system import system
from latchkey.errors import Conflict, Invalid
from latchkey.people.model.choosing import Choice, Level, Offered, parse_choice
from latchkey.people.model.people_filter import parse, values_of
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.settings_rules import in_words as life_in_words
from latchkey.sends import keep_draft, preview_mail
from latchkey.sends.check_draft import count_meant
from latchkey.sends.look_at_people import Row, look_at_people
from latchkey.sends.model import in_words, send_request, start_time
from latchkey.sends.model.draft import Draft, Step, choices, chosen_of, further, parse_when
from latchkey.sends.model.send import SKIP_REASONS, Selection
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_LEVELS: Final[tuple[Level, ...]] = ("school", "roles", "years", "groups")
_SHOWN: Final = 50
"""People whose mail one can step through, and people of a list on one page."""
_WITHIN: Final = (0, 60, 1_440, 10_080)
"""Minutes that are offered for leaving out who was sent a link lately."""
_FIELD_OF: Final[dict[str, Level]] = {"role": "roles", "year_group": "years", "registration_group": "groups"}


@routes.on("GET", f"{DRAFTS}/new", page="sends/draft_who.html")
def new(request: Request, school: str) -> Answer:
    """The first step of a message that is not begun yet."""
    seen = admin(request, system(), school)
    only(request.query, ())
    request.context.update(_who_page(seen, None))
    return Answer(data={"kinds": list(send_request.KINDS)})


@routes.on("POST", f"{DRAFTS}/new", form="sends/draft_who.html")
def begin(request: Request, school: str) -> Answer:
    """Begin a message by saying who is meant."""
    seen = admin(request, system(), school)
    if request.wants_page:
        request.context.update(_who_page(seen, None))
    kind, selection = _who(request, Selection())
    straight = request.fields.get("go") == "check"
    made = keep_draft.begin_draft(system(), seen.school, seen.person, kind, selection, by_steps=True, straight=straight)
    return Answer(data=draft_json(made, seen.school), status=201, location=address(school, made.id, _next(request, made, "what")))


@routes.on("GET", f"{DRAFT}/who", page="sends/draft_who.html")
def who(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Who is meant."""
    seen, draft = _of(request, school, id)
    if draft.sent_as is not None:
        return _sent(school, draft, seen)
    data = draft_json(draft, seen.school)
    request.context.update(_who_page(seen, draft, data["name"]))
    return Answer(data=data)


@routes.on("POST", f"{DRAFT}/who", form="sends/draft_who.html")
def change_who(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Say who is meant."""
    seen, draft = _of(request, school, id)
    if request.wants_page:
        data = draft_json(draft, seen.school)
        request.context.update(_who_page(seen, draft, data["name"]), data=data)
    kind, selection = _who(request, draft.selection)
    same = selection == replace(
        draft.selection, skip_signed_in=selection.skip_signed_in, skip_sent_within=selection.skip_sent_within
    )

    def changed(before: Draft) -> Draft:
        whom = before.whom if same else ""
        return replace(before, kind=kind, selection=selection, whom=whom, counted=None, furthest=further(before, "who"))

    return _changed(request, seen, draft, changed, "what")


@routes.on("GET", f"{DRAFT}/what", page="sends/draft_what.html")
def what(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The mail itself, one person's after the other's; ``part=html`` is its HTML alone."""
    seen, draft = _of(request, school, id)
    only(request.query, ("at", "part", "tested"))
    if draft.sent_as is not None:
        return _sent(school, draft, seen)
    at = _place(request.query.get("at", "1"))
    mailed = look_at_people(system(), seen.school, draft.selection, draft.kind, reason="")
    found = [*islice(mailed, at - 1, at + 1)]
    shown = preview_mail.preview_row(system(), seen.school, draft.kind, found[0]) if found else None
    if request.query.get("part") == "html" and shown is not None:
        return Answer(body=shown.html, headers=HTML_MAIL)
    mail = None
    if shown is not None:
        names = ("name", "to", "mail", "life", "subject", "text")
        mail = {name: getattr(shown, name) for name in names}
    more = len(found) > 1 and at < _SHOWN
    data = {**draft_json(draft, seen.school), "mail": mail, "at": at, "more": more}
    words = life_in_words(shown.life) if shown is not None and shown.life else ""
    page = {"life": words, "tested": "tested" in request.query, "base": address(school, id)}
    return Answer(data=data, context=page, headers=IN_A_FRAME if request.wants_page else {})


@routes.on("GET", f"{DRAFT}/when", page="sends/draft_when.html")
def when(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """When it starts."""
    seen, draft = _of(request, school, id)
    if draft.sent_as is not None:
        return _sent(school, draft, seen)
    request.context.update(when_page(draft.start_at, system().now()), base=address(school, id))
    return Answer(data=draft_json(draft, seen.school))


@routes.on("POST", f"{DRAFT}/when", form="sends/draft_when.html")
def change_when(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Say when it starts."""
    seen, draft = _of(request, school, id)
    now = system().now()
    if request.wants_page:
        request.context.update(when_page(draft.start_at, now), base=address(school, id), data=draft_json(draft, seen.school))
    only(request.fields, ("when", "start_at", "revision", "go"))
    start_at = parse_when(request.fields.get("when"), request.fields.get("start_at"), now)
    return _changed(
        request, seen, draft, lambda before: replace(before, start_at=start_at, furthest=further(before, "when")), "check"
    )


@routes.on("GET", f"{DRAFT}/people", page="sends/draft_people.html")
def people(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Who gets a mail, or (``reason``) who gets none for this reason, some on a page."""
    seen, draft = _of(request, school, id)
    only(request.query, ("reason", "page"))
    reason, page = request.query.get("reason", ""), _place(request.query.get("page", "1"), most=2_000)
    if reason and reason not in SKIP_REASONS:
        raise Invalid(fields={"reason": f"Choose one of {', '.join(SKIP_REASONS)}."})
    wanted = look_at_people(system(), seen.school, draft.selection, draft.kind, reason=reason)
    found = [*islice(wanted, (page - 1) * _SHOWN, page * _SHOWN + 1)]
    text = next((in_words.skip_text(word, draft.selection.skip_sent_within) for word in SKIP_REASONS if word == reason), "")
    data = {"items": [_row_json(row) for row in found[:_SHOWN]], "next": str(page + 1) if len(found) > _SHOWN else None}
    shown = {"draft": draft_json(draft, seen.school), "reason": reason, "reason_text": text, "page": page}
    return Answer(data=data, context={**shown, "base": address(school, id)})


def when_page(start_at: int | None, now: int) -> dict[str, Any]:
    """What a page needs on which a start is chosen."""
    return {
        "choices": choices(now),
        "chosen": chosen_of(start_at, now) if start_at is None or start_at > now else "other",
        "start_at": start_time.local(start_at) if start_at is not None else "",
        "earliest": start_time.local(now + 60),
        "latest": start_time.local(now + start_time.LATEST),
    }


def _of(request: Request, school: str, draft_id: str) -> tuple[SignedIn, Draft]:
    seen = admin(request, system(), school)
    return seen, keep_draft.get_draft(system(), school, draft_id)


def _sent(school: str, draft: Draft, seen: SignedIn) -> Answer:
    return Answer(data=draft_json(draft, seen.school), status=303, location=f"/admin/{school}/sends/{draft.sent_as}")


def _changed(request: Request, seen: SignedIn, draft: Draft, change: Any, following: Step) -> Answer:
    try:
        changed = keep_draft.change_draft(system(), seen.school, seen.person, draft.id, change, revision=revision_of(request))
    except Conflict as error:
        if not request.wants_page:
            raise
        return Answer(status=303, location=f"{address(seen.school.slug, draft.id)}?note={error.code}")
    step = _next(request, draft, following)
    return Answer(
        data=draft_json(changed, seen.school), location=address(seen.school.slug, draft.id, step) if request.wants_page else None
    )


def _next(request: Request, before: Draft, following: Step) -> str:
    """Where it goes on: the next step, or, once all were gone through or where somebody wants it, the last."""
    straight = request.fields.get("go") == "check" or following == "check" or before.furthest == "check"
    return "" if straight else following


def _who(request: Request, before: Selection) -> tuple[send_request.SendKind, Selection]:
    """What and who, as the form says it."""
    fields = request.fields
    kind = send_request.parse_kind(fields.get("kind"))
    if fields.get("who") == "chosen" and before != Selection():
        selection = before
    else:
        choice = parse_choice(fields, _LEVELS)
        selection = Selection(filter=parse(choice.as_filter()).as_mapping())
    within = send_request.parse_within(fields.get("skip_sent_within"), is_text=request.is_form)
    return kind, replace(selection, skip_signed_in=request.flag("skip_signed_in"), skip_sent_within=within)


def _who_page(seen: SignedIn, draft: Draft | None, name: str = "") -> dict[str, Any]:
    roll = read_roll(system(), seen.school.slug)
    offered = Offered.counted((one, len(people)) for one, people in roll.alike() if one.status != "left")
    choice = _choice_of(draft.selection) if draft is not None else None
    chosen, meant, signed_in = None, 0, None
    if draft is not None and choice is not None and draft.kind == "parent_invitation":
        signed_in = 0  # who has an account is not invited anyway
    elif draft is not None:
        meant, signed_in = count_meant(system(), seen.school, draft)
    if draft is not None and choice is None:
        chosen = {"count": meant, "words": f"As it is: {name}", "fields": {}}
    within = draft.selection.skip_sent_within if draft is not None else 0
    return {
        "offered": offered,
        "chosen": chosen,
        "now_typed": choice.as_fields() if choice is not None else {"who": "chosen"} if chosen else {},
        "signed_in": signed_in,
        "kind": draft.kind if draft is not None else "password_link",
        "skip_signed_in": draft is not None and draft.selection.skip_signed_in,
        "within": within,
        "withins": sorted({*_WITHIN, within}),
        "base": address(seen.school.slug, draft.id) if draft is not None else "",
        "at_check": draft is not None and draft.furthest == "check",
    }


def _choice_of(selection: Selection) -> Choice | None:
    """The choice of a form that a selection is; None where it is something else."""
    if (
        selection.filter is None
        or selection.is_from_sends
        or selection.contacts is not None
        or selection.chosen is not None
        or len(selection.filter) > 1
    ):
        return None
    if not selection.filter:
        return Choice("school")
    name = next(iter(selection.filter))
    return Choice(_FIELD_OF[name], values_of(selection.filter, name)) if name in _FIELD_OF else None


def _place(text: str, most: int = _SHOWN) -> int:
    at = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    if not 1 <= at <= most:
        raise Invalid(fields={"at": f"Choose 1 to {most}."})
    return at


def _row_json(row: Row) -> dict[str, Any]:
    person = row.person
    return {
        "person": person.id if person is not None else None,
        "name": row.name,
        "email": row.email or None,
        "role": person.role if person is not None else "parent",
        "year_group": person.year_group if person is not None else None,
        "registration_group": person.registration_group if person is not None else None,
    }
