"""What a page says when a sign-in at a provider came to nothing: what is the case, and what to do."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.shared.model.texts import Text, said
from latchkey.sso.model.provider_errors import Failure

Next = Literal["again", "another", "school", "account"]
"""What the page's button does: begin again, begin with another account, go to the school's page, or to one's own."""
_NEXT: Final[dict[Failure, Next]] = {
    "interaction": "another",
    "blocked": "another",
    "consent": "school",
    "setup": "school",
    "lost": "school",
    "used": "account",
}
STATUS: Final[dict[Failure, int]] = {"late": 410, "used": 410, "lost": 410, "changed": 409, "provider": 503, "unreachable": 503}
"""The status of a page; 403 of any other."""


@dataclass(frozen=True, slots=True)
class FailureWords:
    """``for_office``: whether the people of the school who look after the sign-in have to do something."""

    title: Text
    text: Text
    next: Next
    for_office: bool


def words_of(failure: Failure, label: Text | str, school: str) -> FailureWords:
    """The words for a failure. ``label``: what the school's button is called."""
    title, text = _words(failure, label, school)
    return FailureWords(title, text, _NEXT.get(failure, "again"), failure in {"consent", "blocked", "setup", "clock"})


def _words(failure: Failure, label: Text | str, school: str) -> tuple[Text, Text]:
    words: dict[Failure, tuple[Text, Text]] = {
        "denied": (
            said("You are not signed in"),
            said(
                "{label} told us that somebody chose “Cancel” or “No”. Nothing was changed. To sign in, try again and agree.",
                label=label,
            ),
        ),
        "consent": (
            said("Your school has to allow this first"),
            said(
                "{label} lets nobody in here until an administrator of {school} has agreed. You can do nothing about it: show"
                " this page to your school’s office.",
                label=label,
                school=school,
            ),
        ),
        "interaction": (
            said("One more question was left open"),
            said("{label} wanted to ask you something and could not. Sign in again, and answer what it asks.", label=label),
        ),
        "blocked": (
            said("This account may not be used here"),
            said(
                "{label} does not let this account in here. Use the account that {school} has given you. If that is the one you"
                " used, show this page to your school’s office.",
                label=label,
                school=school,
            ),
        ),
        "provider": (
            said("The other side has a problem"),
            said("{label} told us that something went wrong there. Wait a minute, then try again.", label=label),
        ),
        "unreachable": (
            said("The other side does not answer"),
            said(
                "We cannot reach {label} just now. Wait a minute, then try again. If it stays so, tell your school’s office.",
                label=label,
            ),
        ),
        "setup": (
            said("This sign-in is not set up right"),
            said(
                "What {school} has entered here and at {label} does not fit together. You can do nothing about it: show this page"
                " to your school’s office.",
                label=label,
                school=school,
            ),
        ),
        "clock": (
            said("The clocks do not agree"),
            said(
                "The clock of {label} and ours differ by more than two minutes. Try again in a minute. If it stays so, show this"
                " page to your school’s office.",
                label=label,
            ),
        ),
        "changed": (said("Your school has just changed this sign-in"), said("Begin again.")),
        "late": (said("That took too long"), said("A sign-in has to be finished within ten minutes. Begin again.")),
        "used": (
            said("This sign-in was used already"),
            said("Each one counts once. If you are signed in, go on to your account. If not, begin again."),
        ),
        "lost": (
            said("This sign-in did not begin here"),
            said(
                "It began in another browser, too long ago, or this browser keeps no cookies. Go to your school’s page and begin"
                " again there."
            ),
        ),
    }
    return words[failure]
