"""What is kept of leavers who were marked together."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="people marked as left",
        table="activity",
        pk="<school>#LEAVERS",
        sk="<run>",
        why="Whom an admin has marked as left at once, or brought back, so that it can be undone",
        kept="7 days",
        seen_by="the school's admins",
        about="by id",
        attributes={
            "id": "Which run",
            "state": "Whether it is done or undone, or on its way",
            "status": "What these people got",
            "created_at": "When",
            "created_by": "The admin's id",
            "people": "Their ids",
            "done": "How many of them are through",
            "undo_at": "When undoing was asked for",
            "lease_until": "Until when a worker has it",
        },
    ),
    Kind(
        name="key of people marked as left",
        table="activity",
        pk="<school>#LEAVERSKEYS",
        sk="<hash>",
        why="So that a form sent twice does it once",
        kept="a day",
        seen_by="nobody",
        attributes={"leavers": "Which run the key has started"},
    ),
)
