"""What is kept of what happened."""

from typing import Final

from latchkey.shared.stores.register import Kind

_EVENT: Final = {
    "action": "What was done",
    "actor": "The id of the person, or the part of the system, that did it",
    "at": "When",
    "facts": "Ids, numbers and states: of whom or what; never an address, a name, a code or a password",
    "visitor": "A mark of where the request came from, which is not an address and changes every day",
}

REGISTER: Final = (
    Kind(
        name="audit event",
        table="activity",
        pk="<school>#AUDIT",
        sk="<event>",
        why="Who did what: to answer for it, and to find out what went wrong",
        kept="seven years",
        seen_by="the school's admins",
        about="by id",
        attributes=_EVENT,
    ),
    Kind(
        name="sign-in event",
        table="activity",
        pk="<school>#SIGNINS",
        sk="<event>",
        why="Sign-ins, new passwords, and how often something was refused within an hour",
        kept="seven years",
        seen_by="the school's admins",
        about="by id",
        attributes=_EVENT | {"tries": "How often within the hour"},
    ),
)
