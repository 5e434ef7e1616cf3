"""What is kept of schools."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="school",
        table="directory",
        pk="<school>",
        sk="SCHOOL",
        why="The school: its public page and its settings",
        kept="until the school is deleted",
        seen_by="everybody: name, town, postcode, links and help of the public page; the rest: the school's admins",
        about="by id",
        attributes={
            "schools_pk": "Index: all schools, to search them",
            "schools_sk": "Index: the school's place among them",
            "slug": "Its name in addresses",
            "name": "Its name on pages, mails and paper",
            "town": "To tell schools of one name apart",
            "postcode": "To find it in the search",
            "urn": "Its number at the Department for Education: which files are its own",
            "settings": "What its admins have set",
            "settings_revision": "So that two who change settings at once do not undo each other",
            "last_number": "The last student's number inside codes",
            "code_epoch": "Raised by the operator: ends all codes",
            "link_epoch": "Raised by the operator: ends all links",
            "links_ended_at": "When that was last",
            "lookup_epoch": "Which key look-ups are made with",
            "lookup_rotation": "How far the replacement of that key is",
            "lookup_since": "When the replacement began",
            "sso_changed_student": "When the sign-in of students was switched: older sessions end",
            "sso_changed_teacher": "As for students",
            "sso_changed_staff": "As for students",
            "sso_changed_parent": "As for students",
            "admin_emails": "New addresses of admins that wait: whose and by whom (ids), from what to what, until when",
            "factor_resets": "Second factors that are to be taken away: whose and by whom (ids), which kinds, when",
            "waiting": "Changes of settings that wait for a second admin: by whom (id), what, until when",
        },
    ),
    Kind(
        name="logo",
        table="directory",
        pk="<school>",
        sk="LOGO",
        why="The logo inside the school's mails",
        kept="until it is replaced or the school is deleted",
        seen_by="everybody who gets its mail",
        attributes={"id": "Which logo", "png": "The picture", "width": "In pixels", "height": "In pixels"},
    ),
    Kind(
        name="ended school",
        table="directory",
        pk="<school>",
        sk="ENDED",
        why="So that paper of a deleted school never works at one of the same slug",
        kept="for ever",
        seen_by="nobody",
        attributes={
            "ended_at": "When it was deleted",
            "code_epoch": "Where codes of a new school would begin",
            "link_epoch": "Where links of a new school would begin",
            "lookup_epoch": "Where look-up keys of a new school would begin",
        },
    ),
)
