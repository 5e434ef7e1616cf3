"""The closure plan: what to do tonight, in order; and a rehearsal of it that sends nothing."""

from typing import Any, Final

from console.lists import only
from console.sends.sends import sends_json
from console.system import system
from latchkey.closure import tonight
from latchkey.closure.begin_closure import begin
from latchkey.closure.model import in_words
from latchkey.closure.model import request as _request
from latchkey.closure.model.plan import Step, StepName, sheets
from latchkey.closure.model.rehearsal import Begun, Mails, Rehearsal
from latchkey.closure.rehearse import ask_for_rehearsal, rehearsal_of
from latchkey.closure.tonight import Tonight
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.standings import Reason
from latchkey.roll.model.standing_words import WORDS
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.sends.model.in_words import skip_text
from latchkey.shared.model.clock import local
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_PAGE: Final = "closure/closure.html"
_PEOPLE: Final[dict[StepName, PeopleFilter]] = {
    "links": tonight.links(),
    "invitations": tonight.parents(),
    "paper": tonight.paper(),
    "watch": tonight.waited_for(),
}
"""The people of each step's number."""


@routes.on("GET", "/admin/{school}/closure", page=_PAGE)
def closure(request: Request, school: str) -> Answer:
    """The plan with tonight's numbers."""
    seen = admin(request, system(), school)
    only(request.query, ("begun",))
    data, context = shown(seen.school)
    return Answer(data=data, context={**context, "begun_now": "begun" in request.query and data["begun"]})


@routes.on("POST", "/admin/{school}/closure", form=_PAGE)
def start(request: Request, school: str) -> Answer:
    """Put the notice up and begin, or have the plan rehearsed."""
    seen = admin(request, system(), school)
    if request.wants_page:  # the same page again, if something is wrong
        data, context = shown(seen.school)
        request.context.update(context, data=data)
    only(request.fields, _request.FIELDS)
    asked = _request.parse(request.fields, system().now(), rehearsal=request.flag("rehearsal"), is_form=request.is_form)
    if asked.notice is not None:
        begun = begin(system(), seen.school, seen.person, asked.notice, school_page)
        return Answer(data=begun_json(begun), status=202, location=f"/admin/{school}/closure?begun=true")
    rehearsal = ask_for_rehearsal(system(), seen.school, seen.person)
    location = f"/admin/{school}/closure/rehearsals/{rehearsal.id}"
    return Answer(data=rehearsal_json(rehearsal, seen.school), status=202, location=location)


@routes.on("GET", "/admin/{school}/closure/rehearsals/{id}", page="closure/rehearsal.html")
def rehearsal(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What a rehearsal found."""
    seen = admin(request, system(), school)
    found = rehearsal_of(system(), school, id)
    return Answer(data=rehearsal_json(found, seen.school), context={"expects_news": found.is_under_way(system().now())})


def shown(school: School) -> tuple[dict[str, Any], dict[str, Any]]:
    """The plan as the API shows it, and what the page needs besides."""
    now, found = system().now(), tonight.look(system(), school)
    data = {
        "total": found.total,
        "ready": found.ready,
        "could": found.could,
        "per_second": round(found.each_second, 1),
        "begun": begun_json(found.begun) if found.begun else None,
        "steps": [_step_json(step, found, school) for step in found.steps],
        "under_way": sends_json(found.under_way, school),
        "rehearsal": rehearsal_json(found.rehearsal, school) if found.rehearsal else None,
    }
    notice = PageNotice.of(school.settings)
    up = not notice.is_over(now) and bool(notice.text)
    form = {
        "notice": notice.text if up else in_words.notice_for(now),
        "starts_at": local(notice.starts_at) if up and notice.starts_at else "",
        "ends_at": local(notice.ends_at) if up and notice.ends_at else in_words.tomorrow(now),
    }
    context = {
        "form": form,
        "filters": {name: wanted.as_mapping() for name, wanted in _PEOPLE.items()},
        "invited": tonight.invitations().as_mapping(),
        "approved_above": school.settings.approval.above,
        "expects_news": bool(found.under_way),
    }
    return data, context


def _step_json(step: Step, found: Tonight, school: School) -> dict[str, Any]:
    """``people`` is the address of the list of exactly those whom ``count`` counts."""
    from web.pages import asked

    wanted = _PEOPLE.get(step.name)
    return {
        "name": step.name,
        "title": in_words.TITLES[step.name],
        "state": step.state,
        "text": in_words.text_of(step, found.counts),
        "count": step.count,
        "seconds": step.seconds,
        "people": f"/admin/{school.slug}/people?{asked(wanted.as_mapping())}" if wanted and step.count else None,
    }


def begun_json(begun: Begun) -> dict[str, Any]:
    """A closure that is being prepared for."""
    return {
        "id": begun.id,
        "created_at": rfc3339(begun.created_at),
        "created_by": begun.created_by,
        "starts_at": rfc3339(begun.starts_at),
        "ends_at": rfc3339(begun.ends_at),
        "total": begun.total,
        "ready": begun.ready,
    }


def rehearsal_json(rehearsal: Rehearsal, school: School) -> dict[str, Any]:
    """A rehearsal, and what it found."""
    found = rehearsal.found
    return {
        "id": rehearsal.id,
        "state": rehearsal.state,
        "created_at": rfc3339(rehearsal.created_at),
        "created_by": rehearsal.created_by,
        "finished_at": rfc3339(rehearsal.finished_at),
        "found": found
        and {
            "total": found.total,
            "ready": found.ready,
            "could": found.could,
            "links": _mails_json(found.links),
            "invitations": _mails_json(found.invitations),
            "paper": found.paper,
            "sheets": sheets(found.paper),
            "reasons": [_reason_json(reason, count, school) for reason, count in found.reasons.items()],
        },
    }


def _mails_json(mails: Mails) -> dict[str, Any]:
    return {
        "total": mails.total,
        "to_send": mails.to_send,
        "mails": mails.mails,
        "seconds": mails.seconds,
        "approval": mails.approval,
        "skipped": [{"reason": word, "text": skip_text(word, 0), "count": count} for word, count in mails.skipped.items()],
    }


def _reason_json(reason: Reason, count: int, school: School) -> dict[str, Any]:
    people = f"/admin/{school.slug}/people?reason={reason}"
    return {"reason": reason, "text": WORDS[reason].of(count), "count": count, "people": people}
