"""What is kept of new addresses for many people."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="e-mail update",
        table="activity",
        pk="<school>#EMAILS",
        sk="<update>",
        why="So that an update of addresses can be looked at and undone",
        kept="seven days",
        seen_by="the school's admins",
        about="a person",
        erased="expires",
        attributes={
            "id": "Which update",
            "asked": "Hash of what was asked for, so that asking twice does it once",
            "created_at": "When",
            "created_by": "The admin's id",
            "state": "applied or undone",
            "lost": "Ids of people whom somebody else changed meanwhile",
            "kept": "Ids of people whose address was not put back, because it was changed since",
            "undone_at": "When it was undone",
            "rows": "Of each person: id, address before and after, what became of it",
        },
    ),
    Kind(
        name="key of an e-mail update",
        table="activity",
        pk="<school>#EMAILKEYS",
        sk="<hash>",
        why="So that a form sent twice starts one update",
        kept="a day",
        seen_by="nobody",
        attributes={"emails": "Which update the key has started"},
    ),
)
