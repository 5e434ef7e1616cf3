"""What is kept of a roll in the table ``directory``; the object that it names is a file."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="roll",
        table="directory",
        pk="<school>",
        sk="ROLL",
        why="Which object in the bucket of rolls holds the school's people in list order, and what has changed since",
        kept="until the school is deleted; made anew at will, and where somebody is erased, at once",
        seen_by="the school's admins, as lists and numbers",
        about="a person",
        erased="taken out",
        hidden=frozenset({"revision", "busy", "busy_until", "stale"}),
        attributes={
            "base": "The key of the object",
            "people": "How many people are in it",
            "changes": "What has changed since, deflated: of people, links and invitations what the object holds",
            "touched": "Ids of people whom admins have just changed, so that they see it at once",
            "stale": "That many people were changed, so that the roll is built from nothing",
            "wanted": "When somebody asked for it to be built",
            "busy": "Which worker writes a new object",
            "busy_until": "Until when it may",
            "revision": "Counts its writes, so that none is lost",
        },
    ),
)
