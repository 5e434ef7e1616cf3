"""The page on which a sign-in ends that came to nothing: what is the case, and one button that goes on."""

from dataclasses import dataclass
from typing import Final, Self

from latchkey.errors import Conflict, Forbidden, Gone, Invalid, LatchkeyError, TryLater
from latchkey.schools.model.school import School
from latchkey.shared.model.texts import Text, said
from latchkey.sso.enter import Refused
from latchkey.sso.model import failure_words, refusal_words
from latchkey.sso.model.failure_words import STATUS, Next
from latchkey.sso.model.provider_errors import Failure
from web.answer import Answer
from web.request import Request

PAGE: Final = "sso/stopped.html"
_ERRORS: Final[dict[int, type[LatchkeyError]]] = {403: Forbidden, 409: Conflict, 410: Gone, 422: Invalid, 503: TryLater}
"""What a script is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the page says. ``code``: the provider's own, for the people who look after the sign-in."""

    reason: str
    title: Text
    text: Text
    next: Next
    for_office: bool = False
    code: str = ""
    status: int = 403

    @classmethod
    def of(cls, failure: Failure, school: School | None, label: str, code: str = "") -> Self:
        """Of what went wrong between us and the provider."""
        name = school.name if school is not None else ""
        found = failure_words.words_of(failure, label or said("the other side"), name)
        return cls(
            reason=failure,
            title=found.title,
            text=found.text,
            next=found.next,
            for_office=found.for_office,
            code=code if found.for_office else "",
            status=STATUS.get(failure, 403),
        )

    @classmethod
    def of_refusal(cls, refused: Refused, label: str) -> Self:
        """Of an account that is known there and does not come in here."""
        found = refusal_words.words_of(refused.reason, account=refused.account, label=label, school=refused.school.name)
        then: Next = "another" if found.another else "school"
        return cls(reason=refused.reason, title=found.title, text=found.text, next=then)


def stopped(request: Request, school: School | None, provider: str, words: Words, gone: str = "") -> Answer:
    """The page, at an address that may be loaded again: it then says that the sign-in was used, and nothing is done twice.

    ``gone``: the end of its attempt's cookie.
    """
    if not request.wants_page:
        error = _ERRORS[words.status](words.text)
        error.code = words.reason
        raise error
    request.context.update(school=school)
    at = f"/schools/{school.slug}/sso/{provider}" if school is not None and provider else ""
    return Answer(
        status=words.status,
        page=PAGE,
        context={"words": words, "at": at, "here": f"{at}/help" if at else "/"},  # another language: not by asking this again
        headers={"Set-Cookie": gone} if gone else {},
    )
