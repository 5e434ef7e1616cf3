"""What is kept of invitations."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="invitation of a parent",
        table="directory",
        pk="<school>#INVITATIONS",
        sk="<invitation>",
        why="So that a parent can make their account from one mail, with all their children, whoever invited them",
        kept="90 days after it was last given; of one that was used only its id and times stay",
        seen_by="the school's admins; its child and whoever reads the mailbox: the school's and the children's first names",
        about="a person",
        erased="taken out",
        hidden=frozenset({"version"}),
        attributes={
            "id": "Which invitation: a hash of the address",
            "status": "open or used",
            "version": "Raised when it is taken back or begun anew: ends older links",
            "created_at": "When it was first given",
            "ends_at": "Until when its links work",
            "email": "The address that it is mailed to",
            "children": "Ids of the students whose parent it makes somebody",
            "asked": "Those of them who have asked for it themselves",
            "source": "Who says so: the office's contacts, an admin's choice, or a student",
            "language": "Of its mail",
            "given_name": "The parent's name as the office knows it, to fill in the form",
            "family_name": "As the given name",
            "used_at": "When it was used",
            "kept": "Which parents of an upload of contacts are forgotten once it was used: run and id",
            "mail_problem": "That mail to the address came back for good or was called spam: no more is sent there",
        },
    ),
    Kind(
        name="invitations by a student",
        table="directory",
        pk="<school>#INVITED#<student>",
        sk="SENT",
        why="So that a student sees whom they have invited, and can take it back",
        kept="90 days after the last",
        seen_by="the student",
        about="by id",
        erased="deleted",
        attributes={"sent": "Which invitations, and when"},
    ),
)
