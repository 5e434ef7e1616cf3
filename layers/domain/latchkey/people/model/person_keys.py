"""The look-up keys of a person under one key of their school, computed again from what they are known by."""

from dataclasses import replace
from typing import TypedDict

from latchkey.people.model.person import MailProblem, Person
from latchkey.shared.model.identifiers import lookup


class PersonKeys(TypedDict, total=False):
    """Look-up keys by the name of their field in ``Person``."""

    email_key: str
    username_key: str


def keys_of(key: bytes, email: str | None, username: str | None) -> PersonKeys:
    """The look-up keys of an address and a username, of those that there are."""
    keys = PersonKeys()
    if email is not None:
        keys["email_key"] = lookup(key, "email", email)
    if username is not None:
        keys["username_key"] = lookup(key, "username", username)
    return keys


def with_keys(person: Person, key: bytes) -> Person:
    """The person with look-up keys under this key; a mark of their address stays theirs."""
    after = replace(person, email_key=None, username_key=None)
    after = replace(after, **keys_of(key, person.email, person.username))
    marked = person.mail_problem
    if marked is not None and marked.email_key == person.email_key and after.email_key is not None:
        after = replace(after, mail_problem=replace(marked, email_key=after.email_key))
    if person.email_typed is not None and person.email_typed == person.email_key:
        after = replace(after, email_typed=after.email_key)
    return after


def moved(person: Person, old: bytes, new: bytes) -> Person:
    """The person with keys of ``new`` in place of those of ``old``, in their mark as well, whichever of theirs it was made with.

    A mark of an address that they no longer have and that is stored nowhere cannot be computed again, so it goes: if they are
    ever given that address again, mail to it is tried again.
    """
    after, marked = with_keys(person, new), person.mail_problem
    if marked is None:
        return after
    former = person.former_email.email if person.former_email else None
    of_mark: MailProblem | None = None
    for email in (person.email, former):
        if email is not None and marked.email_key in {lookup(old, "email", email), lookup(new, "email", email)}:
            of_mark = replace(marked, email_key=lookup(new, "email", email))
            break
    return replace(after, mail_problem=of_mark)
