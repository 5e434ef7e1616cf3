"""What the sections of the account page share.

What ``facts(system, who)`` gives is ``section`` in the section's template, ``account/<name>.html``; None leaves the section out.
What a form has done is said after a redirect to ``/account?done=<word>``: the words stand in ``done``, and nothing else that an
address says is shown. ``alone`` shows a section as a page of its own, where a form is shown again or a secret is shown once;
``shown_again`` reads it only if a form is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from latchkey.errors import LatchkeyError
from latchkey.sign_in.session import SignedIn
from latchkey.sign_in.show_account import account, school_named_in
from latchkey.wiring import Wiring
from portal.system import system
from web.request import Request
from web.who import is_active, token_of

Facts = Callable[[Wiring, SignedIn], Mapping[str, Any] | None]
ALONE: Final = "account/alone.html"
"""The template of a section that stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page. ``done``: what to say, by the word in the address."""

    name: str
    facts: Facts
    done: Mapping[str, str] = field(default_factory=dict)


def my(request: Request) -> SignedIn:
    """Who asks. A browser that is not signed in is sent to the sign-in of the school that its old session names."""
    token = token_of(request)
    school = school_named_in(token) or school_named_in(request.query.get("school"))  # an icon on a home screen says which
    request.context["sign_in"] = f"/schools/{school}/sessions" if school else "/"
    who = account(system(), token, active=is_active(request))
    request.context.update(school=who.school, person=who.school.known_as(who.person))
    return who


def shown(request: Request, who: SignedIn, sections: Iterable[Section]) -> dict[str, Any]:
    """What the account page shows of its sections, in their order, and what was just done."""
    found: dict[str, Mapping[str, Any]] = {}
    said = ""
    for each in sections:
        facts = each.facts(system(), who)
        if facts is not None:
            found[each.name] = facts
        said = said or each.done.get(request.query.get("done", ""), "")
    return {"sections": found, "done": said}


def done(word: str) -> str:
    """Where a form leads once it has done what ``word`` stands for."""
    return f"/account?done={word}"


def alone(request: Request, who: SignedIn, name: str, facts: Facts) -> None:
    """Put one section into the page's context, so that ``ALONE`` shows it; also if the view fails afterwards."""
    request.context.update(name=name, section=facts(system(), who) or {})


@contextmanager
def shown_again(request: Request, who: SignedIn, name: str, facts: Facts) -> Iterator[None]:
    """Show one section as ``alone`` does if what is done meanwhile is refused; otherwise nothing of it is read."""
    try:
        yield
    except LatchkeyError:
        if request.wants_page:
            alone(request, who, name, facts)
        raise
