"""What has to be looked at when its time comes, of all schools: one partition of the table ``activity``, in the order of time.

Sends put reminders there, and whatever admins are to be told by mail (``schools/stores/notices``); each minute it is read.
"""

from typing import Final

from latchkey.shared.stores.dynamo import Item

PK: Final = "#DUE"  # no slug begins so: it is no school's


def due_key(at: int, school: str, what: str) -> str:
    """The place in time of something (its id) of a school; ``at`` in epoch seconds."""
    return f"{at:010d}#{school}#{what}"


def due_item(at: int, school: str, what: str, kept: int) -> Item:
    """The item of it, kept for so many seconds after its time. The id stands as ``send``, which the oldest items have."""
    return {"pk": PK, "sk": due_key(at, school, what), "at": at, "school": school, "send": what, "expires_at": at + kept}
