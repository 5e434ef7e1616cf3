"""What is kept of leavers who were marked together, and of people who are being erased."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="person being erased",
        table="directory",
        pk="<school>#ERASING",
        sk="<person>",
        why="So that a worker finds in invitations and contacts whom an admin has erased",
        kept="until the worker is through, a minute or two later; 30 days if it fails and nobody looks",
        seen_by="nobody",
        about="a person",
        erased="deleted",
        attributes={
            "id": "Whom",
            "role": "Their role",
            "given_name": "By which rows of contacts name them",
            "family_name": "The same",
            "preferred_given_name": "The same",
            "preferred_family_name": "The same",
            "email": "By which a parent stands in invitations and contacts",
            "former_email": "The same, of an address that was replaced",
            "children": "By whom a parent is told from others of the same name",
            "merged": "Accounts that were merged into theirs",
            "invited": "The invitations that they have used",
        },
    ),
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
