"""What a page says to somebody whom a provider knows and who does not come in here: what is the case, and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.shared.model.texts import Text, said
from latchkey.sso.model.matching import Reason

_OTHERS_FAULT: Final = frozenset({"foreign", "guest", "unknown", "several", "other_account", "left", "disabled", "role"})


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """``another``: whether it helps to sign in there with another account, so the page has the button for it."""

    title: Text
    text: Text
    another: bool


def words_of(reason: Reason, *, account: str, label: str, school: str) -> RefusalWords:
    """The words for a refusal. ``account``: which account it was, as its owner knows it; ``label``: what the button is called."""
    who: Text | str = said("You signed in with {label} as {account}.", label=label, account=account)
    if not account:
        who = said("You signed in with {label}.", label=label)
    title, what = _WORDS[reason](school)
    text = what if reason in {"off", "admin"} else said("{who} {what}", who=who, what=what)
    return RefusalWords(title, text, reason in _OTHERS_FAULT)


_WORDS: Final[Mapping[Reason, Callable[[str], tuple[Text, Text]]]] = {
    "off": lambda _: (said("This sign-in is switched off"), said("Go to your school’s page: it says how you sign in now.")),
    "foreign": lambda school: (
        said("This is not an account of your school"),
        said("It does not belong to {school}. Use the account that your school has given you.", school=school),
    ),
    "guest": lambda school: (
        said("This is a guest account there"),
        said("It belongs to another organisation. Use the account that {school} has given you.", school=school),
    ),
    "unproved": lambda school: (
        said("We were not told who you are"),
        said(
            "The sign-in did not say by what {school} knows you. Show this page to your school’s office: they can tell the"
            " people who look after the sign-in.",
            school=school,
        ),
    ),
    "unknown": lambda school: (
        said("This account is not known here"),
        said(
            "Nobody at {school} has it on their page. If you have another school account, use that one. If not, ask your"
            " school’s office to put it on your page.",
            school=school,
        ),
    ),
    "unnamed": lambda _: (
        said("Your account there has no name"),
        said("Ask your school’s office to add you here, then sign in again."),
    ),
    "several": lambda _: (
        said("More than one person here has this address"),
        said(
            "We do not guess which of them you are. Ask your school’s office to give each of you an address of your own, or"
            " to make one account of the two."
        ),
    ),
    "other_account": lambda _: (
        said("Your page here is linked with another account there"),
        said(
            "It has the same address and is not the same account. If your account was made anew, ask your school’s office"
            " to choose “Unlink” on your page. Then sign in again."
        ),
    ),
    "unconfirmed": lambda _: (
        said("Your e-mail address is not confirmed yet"),
        said("Open the mail that we sent to it and confirm it, or ask your school’s office. Then sign in again."),
    ),
    "left": lambda school: (
        said("This account has ended"),
        said("If you still belong to {school}, ask your school’s office.", school=school),
    ),
    "disabled": lambda _: (said("This account is switched off"), said("Ask your school’s office.")),
    "role": lambda school: (
        said("You sign in another way"),
        said("At {school} this sign-in is for others. Go back to your school’s page and choose how you sign in.", school=school),
    ),
    "admin": lambda _: (
        said("Admins sign in with a password here"),
        said("Go back to your school’s page and sign in with yours."),
    ),
}
