"""What is kept of people, and of the groups they are in."""

from typing import Final

from latchkey.shared.stores.register import Kind

_CODE: Final = "generation, end, uses, wrong guesses, whether voided, when given; never the code, which is computed"

REGISTER: Final = (
    Kind(
        name="person",
        table="directory",
        pk="<school>#P#<person>",
        sk="PERSON",
        why="An account: who may sign in, whom links and codes go to",
        kept="until the person is erased or the school is deleted",
        seen_by="the school's admins; names, address and username: the person too; names: their parents or children too",
        about="a person",
        erased="deleted",
        hidden=frozenset(
            {"people_pk", "people_sk", "number_key", "email_key", "username_key", "email_typed", "version", "used_link"}
        ),
        attributes={
            "people_pk": "Index: the school's people of a role",
            "people_sk": "Index: the order of lists: year, group, names",
            "id": "Who it is, in all other items",
            "role": "student, teacher, staff or parent: what they may see",
            "given_name": "To greet them, to find them in lists and on slips",
            "family_name": "As the given name",
            "preferred_given_name": "The name they are called by, where it is another",
            "preferred_family_name": "As the preferred given name",
            "email": "Where their links go; they may sign in with it",
            "username": "They may sign in with it",
            "language": "Of their mails and letters",
            "upn": "Unique pupil number: to find a pupil in other files, and codes for the MIS",
            "mis_id": "Who it is in the school's information system, so that the next roster finds them",
            "year_group": "To choose whom to send to and print for, and to sort",
            "registration_group": "As the year group",
            "is_admin": "Whether they run the school's console",
            "status": "active, disabled or left: whether they may sign in and get mail",
            "children": "Ids: a parent's children, so that they may help them",
            "parents": "Ids: a child's parents",
            "number": "A student's short number inside codes",
            "number_key": "Index: to find the student of a code",
            "email_key": "HMAC of the address, to find who has it",
            "username_key": "HMAC of the username, to find who has it",
            "version": "Raised by a new password: ends older links and sessions",
            "password_set_at": "When they last set a password: who still needs a link",
            "used_link": "Hash of the last link used, so that a page can say it was used",
            "last_login_at": "When they last signed in: who still needs help",
            "pin": f"A student's PIN: {_CODE}",
            "parent_code": f"The code of a student's parents: {_CODE}",
            "mail_problem": "That mail to the address came back for good or was called spam, and when: no more is sent there",
            "former_email": "The address before, which hears of the change too; gone at the next sign-in",
            "edited": "Names of the fields that an admin wrote by hand here, so that no roster overwrites them silently",
            "merged_into": "The id of the account that this one was merged into: then it is none any more, and has no name",
            "merge": "The id of that merge",
            "merged": "The ids of accounts that were merged into this one, so that they are erased with it",
            "lent_password": "Under which id the hash of their password stands, if it came from an account that was merged",
            "email_typed": "HMAC of an address that was typed beside a code and not yet confirmed",
        },
    ),
    Kind(
        name="groups",
        table="directory",
        pk="<school>",
        sk="GROUPS",
        why="Which groups there are, to choose from",
        kept="until the school is deleted; made anew when people change",
        seen_by="the school's admins",
        attributes={
            "changed_at": "When people changed last",
            "counted_at": "When the list was made",
            "complete": "Whether all people were looked at",
            "years": "Year groups",
            "registration": "Registration groups",
        },
    ),
    Kind(
        name="admins",
        table="directory",
        pk="<school>",
        sk="ADMINS",
        why="So that two at once never end the last two admins",
        kept="until the school is deleted",
        seen_by="nobody",
        attributes={"revision": "How often an admin's rights have ended"},
    ),
)
