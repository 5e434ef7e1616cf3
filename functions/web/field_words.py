"""What is wrong with a field before anybody has looked at what it says, in words that name the field."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from latchkey.errors import Invalid
from latchkey.shared.model.texts import Text, said

T = TypeVar("T")
_MISSING: Final[Mapping[str, Text]] = {
    "identifier": said("Enter your e-mail address or your username."),
    "email": said("Enter your e-mail address."),
    "username": said("Enter your username."),
    "password": said("Enter your password."),
    "current": said("Enter the password that you have now."),
    "code": said("Enter your code."),
    "given_name": said("Enter your first name."),
    "family_name": said("Enter your last name."),
}
_CALLED: Final[Mapping[str, Text]] = {
    "identifier": said("E-mail address or username"),
    "email": said("E-mail address"),
    "username": said("Username"),
    "password": said("Password"),
    "current": said("Current password"),
    "code": said("Code"),
    "given_name": said("First name"),
    "family_name": said("Last name"),
    "name": said("Name"),
}


def missing(name: str) -> Text:
    """That a field is empty which has to be filled in."""
    return _MISSING.get(name) or said("{field}: fill this in.", field=called(name))


def too_long(name: str, most: int) -> Text:
    """That a field holds more characters than it may."""
    return said("{field}: too long, at most {count} characters.", field=called(name), count=most)


def unusable(name: str) -> Text:
    """That a field holds a line break or another control character."""
    return said("{field}: there is a character that cannot be used here.", field=called(name))


def called(name: str) -> Text | str:
    """What people call a field; one that no page shows goes by its own name."""
    return _CALLED.get(name) or name.replace("_", " ").capitalize()


def together(*reads: Callable[[], T]) -> list[T]:
    """What each of these reads from a form; ``Invalid`` with all that is wrong, in this order, and not the first of it alone."""
    wrong: dict[str, str] = {}
    found: list[T] = []
    for read in reads:
        try:
            found.append(read())
        except Invalid as error:
            if not error.fields:
                raise
            wrong |= error.fields
    if wrong:
        raise Invalid(fields=wrong)
    return found
