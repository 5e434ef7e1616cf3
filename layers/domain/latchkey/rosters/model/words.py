"""The words that files use for our columns and roles: one table for every format.

The words are those of SIMS, Arbor, Bromcom, School Data Sync, OneRoster, Google and Canvas, as exports and guides have them.
"""

import re
import unicodedata
from typing import Final

from latchkey.people.model.person import Role

_OTHER: Final = re.compile(r"[^0-9a-z]+")

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "mis_id": (
        "mis_id", "sourcedid", "sis_id", "student_id", "person_id", "arbor_id", "adno", "admission_number", "admission_no", "aid",
        "user_id", "idnumber", "employee_id", "external_id", "id",
    ),
    "role": ("role", "type", "user_type", "declared_user_type", "person_type"),
    "given_name": (
        "given_name", "preferred_forename", "preferred_first_name", "chosen_name", "known_as", "givenname", "forename",
        "first_name", "firstname", "legal_forename",
    ),
    "family_name": (
        "family_name", "preferred_surname", "preferred_last_name", "familyname", "surname", "last_name", "lastname",
        "legal_surname",
    ),
    "email": (
        "email", "e_mail", "email_address", "e_mail_address", "primary_email", "work_email", "student_email", "studentemail",
        "home_email", "secondary_email",
    ),
    "username": ("username", "user_name", "login_id", "user_login", "network_login", "ad_username"),
    "upn": ("upn", "unique_pupil_number"),
    "year_group": ("year_group", "yeargroup", "year", "nc_year", "ncyearactual", "curriculum_year", "grade", "grades"),
    "registration_group": (
        "registration_group", "registrationgroup", "reg_group", "reg", "registration_form", "form", "tutor_group", "class",
        "homeroom",
    ),
    "language": ("language",),
    "children": ("children",),
    "school": ("school",),
    "left": ("left", "leaver", "status", "enrolment_status", "enrollment_status"),
    "leaving_date": ("leaving_date", "date_of_leaving", "leaving_on"),
}  # fmt: skip
"""Our fields and the words for each, the better word first: it is read where a file has two."""

_FIELD_OF: Final = {word: name for name, words in FIELDS.items() for word in words}

ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(("student", "pupil", "learner"), "student"),
    **dict.fromkeys(("teacher", "teaching staff", "faculty", "lecturer"), "teacher"),
    **dict.fromkeys(
        (
            "staff", "support staff", "non-teaching staff", "associate staff", "office staff", "ta", "teaching assistant",
            "teacher assistant", "aide", "proctor", "counselor", "nurse",
            # Whoever runs another system is staff here: a roster makes nobody an admin.
            "administrator", "districtadministrator", "siteadministrator", "systemadministrator", "principal",
        ),
        "staff",
    ),
    **dict.fromkeys(
        ("parent", "parent/carer", "parent / carer", "parent or carer", "carer", "guardian", "mother", "father", "relative"),
        "parent",
    ),
}  # fmt: skip
"""The roles that a file may give, by its words in small letters."""


def plain(word: str) -> str:
    """A header's word for comparison: small ASCII letters, digits and single underscores."""
    letters = "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))
    return _OTHER.sub("_", letters).strip("_")


def field_of(word: str) -> str | None:
    """Our field for a header's word."""
    return _FIELD_OF.get(plain(word))


def is_known(word: str) -> bool:
    """Whether a header has this word for one of our fields."""
    return plain(word) in _FIELD_OF
