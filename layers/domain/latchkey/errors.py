"""What can go wrong, as categories that a doorway can map to an answer; details are safe to show.

Every error has a ``code`` (a stable word for programs) and a ``detail`` (a sentence for people). Only ``Changed`` has neither:
a use case that meets it looks again, or says what is the case by now.
"""

from collections.abc import Mapping


def _(message: str) -> str:
    """Marks a sentence for translation, as the docstrings of the categories are: whatever is shown, a catalogue has."""
    return message


class LatchkeyError(Exception):
    """The root of all errors that the domain raises on purpose."""

    code = "error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail or (self.__doc__ or "").strip()
        if code is not None:
            self.code = code


class Invalid(LatchkeyError):
    """Something in the request cannot be used."""

    code = "invalid"

    def __init__(self, detail: str = "", *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(detail or _("Some of what you entered cannot be used."), code=code)
        self.fields = dict(fields or {})


class SignInFailed(LatchkeyError):
    """We could not sign you in. Check what you typed, or ask for a new password: after many wrong tries only a new one works."""

    code = "sign_in_failed"


class NotSignedIn(LatchkeyError):
    """Sign in to go on."""

    code = "not_signed_in"


class Forbidden(LatchkeyError):
    """The request did not come from this site."""

    code = "forbidden"


class ConfirmAgain(Forbidden):
    """Confirm that it is you: show your passkey, or a code of your app, once more."""

    code = "confirm_again"


class SecondFactorNeeded(Forbidden):
    """Your school asks its admins for a second step when they sign in. Set it up on your account page, then go on."""

    code = "second_factor_needed"


class NotFound(LatchkeyError):
    """There is nothing here, or you may not see it."""

    code = "not_found"


class Gone(LatchkeyError):
    """This link no longer works."""

    code = "gone"


class SignsInElsewhere(Gone):
    """Your school signs you in with its own sign-in now. You need no password here, so this link does nothing any more."""

    code = "elsewhere"

    def __init__(self, detail: str, place: str) -> None:
        super().__init__(detail)
        self.place = place
        """Where that begins: an address of ours, or of the school's own page."""


class Conflict(LatchkeyError):
    """That does not fit the state things are in."""

    code = "conflict"


class TooMany(LatchkeyError):
    """Too many tries. Wait a little, then try again."""

    code = "too_many"

    def __init__(self, detail: str = "", *, retry_after: int = 900) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TryLater(LatchkeyError):
    """A service that we need is busy. Nothing was lost; try again in a moment."""

    code = "try_later"

    def __init__(self, detail: str = "", *, seconds: int = 0) -> None:
        super().__init__(detail)
        self.seconds = seconds
        """For how long trying again would be in vain, where that is known."""


class MustWait(TryLater):
    """The mail account cannot send for now. Nothing was lost; it goes on by itself."""

    code = "must_wait"

    def __init__(self, reason: str = "", *, seconds: int = 0) -> None:
        super().__init__(reason, seconds=seconds)
        self.reason = reason


class Poison(LatchkeyError):
    """A queue message that can never be worked on."""

    code = "poison"


class Changed(Exception):
    """Somebody else was quicker: what was to be written is no longer as it was read. Never shown to people."""
