"""The words that files use for our columns and roles: one table for every format.

The words are those of SIMS, Arbor, Bromcom, School Data Sync, OneRoster, Clever, Google and Canvas, as exports and guides have
them. Reports of pupils have columns about contacts beside them: those words are no field of ours, and say where the contact
begins.
"""

import re
import unicodedata
from typing import Final

from latchkey.people.model.person import Role

_OTHER: Final = re.compile(r"[^0-9a-z]+")

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "mis_id": (
        "mis_id", "sourcedid", "sis_id", "student_id", "pupil_id", "person_id", "arbor_id", "adno", "admission_number",
        "admission_no", "aid", "user_id", "idnumber", "employee_id", "external_id", "id",
    ),
    "role": ("role", "type", "user_type", "declared_user_type", "person_type"),
    "given_name": ("given_name", "forename", "first_name", "legal_forename", "legal_first_name", "legal_given_name"),
    "family_name": ("family_name", "surname", "last_name", "legal_surname", "legal_last_name", "legal_family_name"),
    "preferred_given_name": (
        "preferred_given_name", "preferred_forename", "preferred_first_name", "preferred_name", "chosen_name",
        "chosen_first_name", "known_as", "known_as_name", "preferred_or_given_name",
    ),
    "preferred_family_name": ("preferred_family_name", "preferred_surname", "preferred_last_name", "chosen_surname"),
    "full_name": (
        "full_name", "name", "student", "pupil", "student_name", "pupil_name", "child_name", "surname_forename",
        "forename_surname", "last_name_first_name", "first_name_last_name", "surname_and_forename", "forename_and_surname",
    ),
    "email": (
        "email", "e_mail", "email_address", "e_mail_address", "primary_email", "work_email", "student_email", "school_email",
        "home_email", "secondary_email",
    ),
    "username": ("username", "user_name", "login_id", "user_login", "network_login", "ad_username"),
    "upn": ("upn", "unique_pupil_number"),
    "year_group": ("year_group", "year", "nc_year", "ncyearactual", "curriculum_year", "curric_year", "grade", "grades"),
    "registration_group": (
        "registration_group", "reg_group", "reg", "registration_form", "registration", "form", "form_group", "tutor_group",
        "class", "homeroom",
    ),
    "language": ("language",),
    "children": ("children",),
    "school": ("school",),
    "left": ("left", "leaver", "status", "enrolment_status", "enrollment_status"),
    "leaving_date": ("leaving_date", "date_of_leaving", "leaving_on"),
}  # fmt: skip
"""Our fields and the words for each, the better word first: it is read where a file has two."""
NEVER: Final = frozenset({"password", "is_admin", "admin", "permissions", "pin", "parent_code", "version"})
"""Words of columns that nobody can have read as anything."""

_FIELD_OF: Final = {word: name for name, words in FIELDS.items() for word in words}
_GLUED: Final = {word.replace("_", ""): word for word in _FIELD_OF}
_OF_PUPILS: Final = re.compile(r"(?:student|pupil|child|learner)s?_(.+)")
_OF_CONTACTS: Final = re.compile(
    r"(?:(?:primary|legal|emergency)_)?(?:contact|parent|parental|guardian|carer|mother|father|mum|dad)s?_?\d*(?:_.*)?"
    r"|relationship(?:_.*)?|priority|(?:has_)?parental_responsibility|court_order(?:_.*)?|lives_with(?:_.*)?|correspondence"
    r"|pupil_report|(?:[a-z_]+_)?r\d"
)

ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(("student", "pupil", "learner"), "student"),
    **dict.fromkeys(
        ("teacher", "teaching staff", "faculty", "lecturer", "professor", "instructor", "substitute", "adjunct"), "teacher"
    ),
    **dict.fromkeys(
        (
            "staff", "support staff", "non-teaching staff", "associate staff", "office staff", "ta", "teaching assistant",
            "teacher assistant", "aide", "proctor", "counselor", "nurse",
            # School Data Sync's
            "teacherassistant", "assistant", "officestaff", "itadmin", "paraprofessional", "specialservices", "advisor", "coach",
            "chair", "researcher", "affiliate", "occupationaltherapist", "physicaltherapist", "speechtherapist",
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


def _listed(word: str) -> str | None:
    """The word of the table that a header's word is: as it stands, without blanks, or without "Student" before it."""
    text = plain(word)
    found = text if text in _FIELD_OF else _GLUED.get(text.replace("_", ""))
    if found is None and (of_pupils := _OF_PUPILS.fullmatch(text)) is not None:
        rest = of_pupils[1]
        found = rest if rest in _FIELD_OF else _GLUED.get(rest.replace("_", ""))
    return found


def field_of(word: str) -> str | None:
    """Our field for a header's word."""
    found = _listed(word)
    return _FIELD_OF[found] if found is not None else None


def rank_of(word: str) -> int:
    """How good a known word is for its field: 0 is the best."""
    found = _listed(word)
    return FIELDS[_FIELD_OF[found]].index(found) if found is not None else len(_FIELD_OF)


def is_known(word: str) -> bool:
    """Whether a header has this word for one of our fields."""
    return _listed(word) is not None


def is_of_pupils(word: str) -> bool:
    """Whether a word says that its column is about the pupil, wherever it stands."""
    return _OF_PUPILS.fullmatch(plain(word)) is not None


def is_of_contacts(word: str) -> bool:
    """Whether a column is about a pupil's contact."""
    text = plain(word)
    return text not in _FIELD_OF and text != "parent_code" and _OF_CONTACTS.fullmatch(text) is not None
