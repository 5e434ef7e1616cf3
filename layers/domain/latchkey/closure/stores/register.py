"""What is kept of closures."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="closure",
        table="activity",
        pk="<school>#CLOSURE",
        sk="BEGUN",
        why="How many more people can log in since the school began to prepare for a closure",
        kept="400 days, or until the next one is begun",
        seen_by="the school's admins",
        about="by id",
        attributes={
            "id": "Which closure",
            "created_at": "When it was begun",
            "created_by": "The admin's id",
            "starts_at": "From when on the notice stands",
            "ends_at": "Until when",
            "total": "How many people there were",
            "ready": "How many of them could log in",
        },
    ),
    Kind(
        name="rehearsal of a closure",
        table="activity",
        pk="<school>#REHEARSALS",
        sk="<rehearsal>",
        why="What a closure would have done, tried out",
        kept="400 days",
        seen_by="the school's admins",
        about="by id",
        attributes={
            "created_at": "When",
            "created_by": "The admin's id",
            "state": "How far the worker is",
            "finished_at": "When it was done",
            "found": "Numbers: mails, sheets, and who would still be out, by reason",
        },
    ),
)
