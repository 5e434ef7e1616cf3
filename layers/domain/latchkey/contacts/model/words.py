"""The words that contacts exports use, and the fields that they mean. Those of students are the words of rosters.

Some words are the student's or the contact's own wherever they stand. Others (Forename, Email) are said of both: ``columns``
finds out by place whose they are. A number, or Mother or Father, in a word says that it is one of several contacts in the row.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from latchkey.rosters.model import words as roster_words
from latchkey.rosters.model.words import plain

STUDENT: Final = ("upn", "student_id", "student_given", "student_family", "student_name", "year_group", "registration_group")
CONTACT: Final = (
    "contact_id", "title", "given_name", "family_name", "name", "email", "phone", "relationship", "priority", "responsibility",
    "primary", "restricted",
)  # fmt: skip
LABELS: Final[Mapping[str, str]] = {
    "upn": "Student: UPN",
    "student_id": "Student: id or admission number",
    "student_given": "Student: first name",
    "student_family": "Student: last name",
    "student_name": "Student: whole name in one cell",
    "year_group": "Student: year group",
    "registration_group": "Student: registration group",
    "contact_id": "Contact: id",
    "title": "Contact: title",
    "given_name": "Contact: first name",
    "family_name": "Contact: last name",
    "name": "Contact: whole name in one cell",
    "email": "Contact: e-mail",
    "phone": "Contact: telephone",
    "relationship": "Contact: relationship",
    "priority": "Contact: priority",
    "responsibility": "Contact: parental responsibility",
    "primary": "Contact: primary guardian",
    "restricted": "Contact: court order or restricted access",
}
"""What the fields are called where an admin says which column is which."""

_IDS: Final = tuple(word for word in roster_words.FIELDS["mis_id"] if word not in {"user_id", "employee_id"})
_STUDENTS: Final[Mapping[str, Iterable[str]]] = {
    "upn": (*roster_words.FIELDS["upn"], "pupil_upn", "student_upn", "child_upn", "state_id"),
    "student_id": (*_IDS, "student_number", "pupil_id", "child_id", "pupil_person_id", "student_person_id"),
    "student_name": ("student", "pupil", "child", "student_name", "pupil_name", "child_name", "student_full_name", "learner"),
    "student_given": (
        "preferred_forename", "preferred_first_name", "chosen_name", "known_as", "legal_forename", "legal_first_name",
        "student_first_name", "student_forename", "pupil_first_name", "pupil_forename",
        "child_preferred_first_name", "child_preferred_given_name", "child_first_name", "child_given_name",
    ),
    "student_family": (
        "preferred_surname", "preferred_last_name", "legal_surname", "legal_last_name", "student_last_name", "student_surname",
        "pupil_last_name", "pupil_surname", "child_preferred_last_name", "child_last_name", "child_family_name",
    ),
    "year_group": (*roster_words.FIELDS["year_group"], "child_year_group"),
    "registration_group": (*roster_words.FIELDS["registration_group"], "child_registration"),
    "student_email": ("student_email", "studentemail", "pupil_email", "child_email"),
}  # fmt: skip
_EMAILS: Final = (
    "primary_email", "email", "e_mail", "email_address", "e_mail_address", "primary_e_mail", "home_email", "home_e_mail",
    "personal_email", "work_email", "work_e_mail", "secondary_email", "adresse_e_mail",
)  # fmt: skip
"""The better word first: its address is taken where somebody has several."""
_PHONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("mobile", "mobile_phone", "mobile_number", "mobile_telephone", "mobile_tel", "cell"), "mobile"),
    **dict.fromkeys(("home_phone", "home_telephone", "home_tel", "home_number"), "home"),
    **dict.fromkeys(("work_phone", "work_telephone", "work_tel", "work_number"), "work"),
    **dict.fromkeys(("phone", "telephone", "main_telephone", "phone_number", "tel", "primary_phone", "day_telephone"), "main"),
}
_BOTH: Final[Mapping[str, str]] = {
    **dict.fromkeys(("given_name", "givenname", "forename", "forenames", "first_name", "firstname", "prenom"), "given_name"),
    **dict.fromkeys(("family_name", "familyname", "surname", "last_name", "lastname", "nom"), "family_name"),
    **dict.fromkeys(("name", "full_name", "fullname"), "name"),
    **dict.fromkeys(_EMAILS, "email"),
    **dict.fromkeys(_PHONES, "phone"),
    **dict.fromkeys(("title", "salutation"), "title"),
}
_OWN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("contact_sis_id", "parent_person_id", "contact_person_id"), "contact_id"),
    **dict.fromkeys(("relationship", "relation", "relationship_to_pupil", "relationship_to_student", "relationship_type"),
                    "relationship"),
    **dict.fromkeys(("priority", "order", "call_order", "priority_number"), "priority"),
    **dict.fromkeys(("parental_responsibility", "pr", "responsibility", "has_parental_responsibility", "legal_guardian"),
                    "responsibility"),
    **dict.fromkeys(("primary_guardian", "is_primary_guardian"), "primary"),
    **dict.fromkeys(("court_order", "court_orders", "has_court_order", "court_order_restricted_access", "restricted_access",
                     "restricted", "no_contact"), "restricted"),
}  # fmt: skip
_BEHIND: Final[Mapping[str, str]] = {**_BOTH, **_OWN, "": "name", "id": "contact_id", "person_id": "contact_id"}
"""What may stand behind Contact, Parent, Guardian and the like."""
_WHO: Final = "contact|parent_carer|parent_guardian|parent|guardian|carer"
_NUMBERED: Final = re.compile(rf"(?:{_WHO}|r|g|p)_?([1-9])(?:_(.+))?|(.+)_(?:{_WHO}|r|g|p)_?([1-9])")
_PREFIXED: Final = re.compile(rf"(?:{_WHO})(?:_(.+))?")
_NAMED: Final = re.compile(r"(mother|father)(?:_s)?(?:_(.+))?")


class Word(NamedTuple):
    """What a word of a header means: a field, whose (``student``, ``contact``, or ``both``: by its place), and which contact.

    ``rank`` orders words of one field, the best first; ``kind`` is the kind of a telephone.
    """

    field: str
    whose: str
    contact: str = ""
    rank: int = 0
    kind: str = ""


@lru_cache(maxsize=4096)
def word_of(text: str) -> Word | None:
    """What a header's word means; None for a word that we do not know."""
    word = plain(text)
    for field, words in _STUDENTS.items():
        if word in words:
            return Word(field, "student", rank=[*words].index(word))
    if word in _OWN:
        return Word(_OWN[word], "contact")
    if word in _BOTH:
        return _with_rank(Word(_BOTH[word], "both"), word)
    found = _NUMBERED.fullmatch(word)
    if found is not None:
        return _of_contact(found[2] or found[3] or "", found[1] or found[4])
    named = _NAMED.fullmatch(word)
    if named is not None:
        return _of_contact(named[2] or "", named[1])
    prefixed = _PREFIXED.fullmatch(word)
    return _of_contact(prefixed[1] or "", "") if prefixed is not None else None


def is_known(text: str) -> bool:
    """Whether a header has this word for something that we read."""
    return word_of(text) is not None


def _of_contact(rest: str, contact: str) -> Word | None:
    field = _BEHIND.get(rest)
    return _with_rank(Word(field, "contact", contact), rest) if field is not None else None


def _with_rank(word: Word, text: str) -> Word:
    if word.field == "email":
        return word._replace(rank=_EMAILS.index(text))
    return word._replace(kind=_PHONES[text]) if word.field == "phone" else word
