"""The page of messages, and that of one message with its people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.lists import page_of
from console.sends.draft_json import drafts_json
from console.sends.sends import recipient_json, send_json, sends_json
from console.system import system
from latchkey.roll.model.roll import Roll
from latchkey.roll.name_people import names_in
from latchkey.roll.read_roll import read_roll
from latchkey.schools.name_people import names_of
from latchkey.sends import list_recipients, watch_send
from latchkey.sends.change_time import can_change_time
from latchkey.sends.count_used import count_used, count_used_of
from latchkey.sends.keep_draft import list_drafts
from latchkey.sends.model import approval, in_words, progress, views
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_actions import may_remind
from latchkey.sends.read_outline import Outlined, read_outline
from latchkey.shared.model.pages import LONGEST_PAGE, PAGE
from latchkey.sign_in.session import SignedIn
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_LIST: Final = 25
"""Messages on one page of the list."""
_FRESH: Final = 600
"""Seconds for which the page of a message still says that it is on its way."""


@routes.on("GET", "/admin/{school}/sends", page="sends/sends.html")
def sends(request: Request, school: str) -> Answer:
    """The messages of the school, newest first; on the page drafts, and what waits, stand above."""
    seen = admin(request, system(), school)
    cursor, limit = page_of(request, LONGEST_PAGE, _LIST if request.wants_page else PAGE, "state", "kind", "kept", "discarded")
    wanted = watch_send.parse_sends(request.query)
    page = watch_send.list_sends(system(), school, cursor=cursor, limit=limit, wanted=wanted)
    used = count_used_of(system(), school, page.items)
    items = sends_json(page.items, seen.school, used)
    data = {"items": items, "next": page.next}
    if not request.wants_page:
        return Answer(data=data)
    first = cursor is None and wanted == watch_send.ALL_SENDS
    waiting = watch_send.upcoming(system(), school) if first else []
    drafts = list_drafts(system(), school) if first else []
    ahead = {send.id for send in waiting}
    makers = [each.created_by for each in (*page.items, *waiting)] + [each.created_by for each in drafts]
    context = {
        "rows": [each for each in rows_of(page.items, items, used) if each["id"] not in ahead],
        "waiting": rows_of(waiting, sends_json(waiting, seen.school), {}),
        "drafts": drafts_json(drafts, seen.school),
        "authors": names_of(system(), seen.school, makers),
        "wanted": wanted,
        "first": first,
        "kept": request.query.get("kept", ""),
        "discarded": "discarded" in request.query,
    }
    return Answer(data=data, context=context)


def rows_of(sends: Sequence[Send], shown: Sequence[dict[str, Any]], used: Mapping[str, int]) -> list[dict[str, Any]]:
    """What a list shows of each: its state in words, its bar, and how it went in short."""
    now = system().now()
    rows = []
    for send, json in zip(sends, shown, strict=True):
        colour, words = in_words.state_of(send, now)
        count = used.get(send.id)
        short = views.in_short(send.counts, count, send.kind) if send.total else ""
        bar = [(view, people) for view, people in views.stretches(send.counts, count)]
        rows.append({**json, "colour": colour, "words": words, "bar": bar, "short": short})
    return rows


@routes.on("GET", "/admin/{school}/sends/{id}", page="sends/send.html")
def send(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """How far a message is; on the page its people, too, as the legend of its bar is chosen."""
    seen = admin(request, system(), school)
    found = watch_send.get_send(system(), school, id)
    roll = read_roll(system(), school, seen.school) if request.wants_page else None
    outlined = read_outline(system(), school, found)
    used = count_used(system(), school, found, roll, outlined)
    data = send_json(found, seen.school, used)
    if roll is None:
        return Answer(data=data)
    return Answer(data=data, context=message_page(request, seen, found, used, roll, outlined=outlined))


def message_page(
    request: Request, seen: SignedIn, found: Send, used: int | None, roll: Roll, *, outlined: Outlined | None = None
) -> dict[str, Any]:
    """What the page of one message shows beside it."""
    now, school = system().now(), seen.school
    cursor, limit = page_of(request, LONGEST_PAGE, PAGE, "state", "reason", "q", "show", "begun")
    wanted = list_recipients.parse_wanted(request.query)
    page = list_recipients.list_recipients(
        system(), school.slug, found, wanted, cursor=cursor, limit=limit, known=roll, outlined=outlined
    )
    shown = views.legend(found.counts, used, found.kind)
    colour, words = in_words.state_of(found, now)
    authors = names_in(roll, school, [found.created_by, *([found.approved_by] if found.approved_by else [])])
    return {
        "wanted": wanted,
        "rows": [recipient_json(each) for each in page.items],
        "following": page.next,
        "looked": page.looked,
        "legend": shown,
        "bar": views.stretches(found.counts, used),
        "set_words": views.words_of("password_set", found.kind),
        "reasons": in_words.reasons_of(found),
        "colour": colour,
        "words": words,
        "authors": authors,
        "left": watch_send.left_over(system(), school.slug, found),
        "remind": views.counted(found.counts, used).get("not_used", 0) if may_remind(found, now) else 0,
        "can_change_time": can_change_time(found),
        "goes_to": in_words.goes_to(found),
        "begun": request.query.get("begun", "") if now - found.created_at < _FRESH else "",
        "expects_news": progress.expects_news(found, now),
        **alone(seen, found),
    }


def alone(seen: SignedIn, send: Send) -> dict[str, bool]:
    """Whether nobody but the maker of a send, who looks at it, could approve it."""
    own = approval.waits(send) and send.created_by == seen.person.id
    return {"alone": own and not system().admins(seen.school.slug).others(seen.person.id)}
