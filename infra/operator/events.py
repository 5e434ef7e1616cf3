"""The events that functions/operate understands."""

from collections.abc import Mapping
from typing import Any


def make_school_event(school: Mapping[str, Any]) -> dict[str, Any]:
    """The event that makes a school: {"slug", "name", "town", "postcode", "urn", "settings"?}."""
    return {"command": "make_school", "school": dict(school)}


def invite_admin_event(school: str, email: str, given_name: str, family_name: str) -> dict[str, Any]:
    """The event that makes an admin of a school and mails them a password link."""
    return {
        "command": "invite_admin",
        "school": school,
        "email": email,
        "given_name": given_name,
        "family_name": family_name,
    }


def is_repeatable(event: Mapping[str, Any]) -> bool:
    """Whether a call that may have run already can be made once more, and the outcome is as if it had been made once.

    Counting and listing change nothing; a piece of a deletion, an export or a rotation goes on from where things are. Not so
    a school that is made ("there is one already" would be the answer), an invitation (two mails), or an epoch that is raised.
    """
    command = event.get("command")
    if command == "end_epoch":
        return event.get("confirm") is not True
    if command == "rotate_lookup_key":  # without a time, a call after the end would begin another rotation
        return event.get("confirm") is not True or "since" in event
    if command == "export_school":
        return event.get("next") is not None
    return command in {"delete_school", "publish_pages", "list_admins", "list_schools", "preflight"}
