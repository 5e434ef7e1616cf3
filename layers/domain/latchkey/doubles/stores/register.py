"""What is kept of doubles, and of accounts that were merged."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="look for doubles",
        table="activity",
        pk="<school>#DOUBLES",
        sk="<look>",
        why="A school is looked through by a worker",
        kept="30 days",
        seen_by="the school's admins",
        about="by id",
        attributes={
            "state": "queued, running, finished or failed",
            "created_at": "When it was asked for",
            "created_by": "The admin's id",
            "piece": "How many of its pieces are done",
            "looked": "How many people were looked at",
            "found": "How many pairs were found",
            "lease_until": "Until when a worker has it",
            "finished_at": "When it was finished",
        },
    ),
    Kind(
        name="pair of accounts",
        table="activity",
        pk="<school>#DOUBLES#<look>",
        sk="<rank>#<person>#<person>",
        why="Two accounts that may be one person's, to be judged by an admin",
        kept="30 days",
        seen_by="the school's admins",
        about="by id",
        attributes={
            "rank": "0 certain, 1 likely, 2 and 3 with little to go by",
            "aside_at": "When an admin said that they are two people",
        },
    ),
    Kind(
        name="two people",
        table="activity",
        pk="<school>#APART",
        sk="<person>#<person>",
        why="So that two accounts that look alike and are two people's are not shown again",
        kept="until the school is deleted",
        seen_by="nobody",
        about="by id",
        attributes={"by": "The id of the admin who said so", "at": "When"},
    ),
    Kind(
        name="merge",
        table="activity",
        pk="<school>#MERGES",
        sk="<merge>",
        why="So that a merge of two accounts can be undone",
        kept="30 days; once it is undone, ids only",
        seen_by="the school's admins: the names of the two",
        about="a person",
        erased="taken out",
        hidden=frozenset({"taken", "gained"}),
        attributes={
            "state": "merged or undone",
            "at": "When",
            "by": "The admin's id",
            "keep": "The account that was kept, as it was before",
            "remove": "The account that was merged into it, as it was before",
            "taken": "What the kept account got of the other",
            "gained": "Ids of those with whom it was linked",
            "stayed": "What undoing left as it was",
            "undone_at": "When it was undone",
        },
    ),
)
