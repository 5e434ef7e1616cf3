"""Which system has written a table, told by its header: what the preview says, and what is no roster at all."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model import words

Shape = Literal["latchkey", "sims", "arbor", "bromcom", "clever", "mavis"]
Accounts = Literal["google", "canvas", "moodle"]

NAMES: Final[dict[str, str]] = {
    "latchkey": "Latchkey's own table",
    "sims": "a SIMS report",
    "arbor": "an Arbor report",
    "bromcom": "a Bromcom report",
    "clever": "Clever's students.csv",
    "mavis": "a class list for NHS Mavis",
}
"""How the preview calls each shape."""
ACCOUNT_NAMES: Final[dict[Accounts, str]] = {"google": "Google Workspace", "canvas": "Canvas", "moodle": "Moodle"}

_CANVAS: Final = frozenset(
    {"short_name", "sortable_name", "integration_id", "authentication_provider_id", "declared_user_type", "pronouns", "status"}
)
_MOODLE: Final = ("cohort", "course", "profile_field_", "auth", "idnumber")


class AccountsFile(Unusable):
    """A list of accounts is no roster."""

    code = "accounts_file"

    def __init__(self, system: Accounts) -> None:
        super().__init__(
            f"This is a list of accounts of {ACCOUNT_NAMES[system]}, not of the school's people: ids and roles are not sure. "
            "It can fill in e-mail addresses: take it to People, Update e-mails. For people, upload a report of your MIS."
        )


def accounts_of(header: Iterable[str]) -> Accounts | None:
    """The system whose accounts a table with this header lists; None for any other table."""
    found = {words.plain(word) for word in header}
    if {"email_address_required", "org_unit_path_required"} <= found or {"email_address", "org_unit_path"} <= found:
        return "google"
    if {"user_id", "login_id"} <= found and found & _CANVAS:
        return "canvas"
    if {"username", "firstname", "lastname"} <= found and any(word.startswith(_MOODLE) for word in found):
        return "moodle"
    return None


def shape_of(header: Sequence[str]) -> Shape | None:
    """The shape of a table of people, where its header tells it."""
    found = {words.plain(word) for word in header}
    for shape, signs in _SIGNS:
        if any(all(word in found for word in some) for some in signs):
            return shape
    return None


_SIGNS: Final[tuple[tuple[Shape, tuple[tuple[str, ...], ...]], ...]] = (
    ("latchkey", (("mis_id", "given_name"), ("mis_id", "family_name"))),
    ("clever", (("student_id", "student_email", "contact_name"), ("school_id", "student_id", "state_id"))),
    ("mavis", (("child_first_name", "child_last_name"), ("child_first_name", "parent_1_name"))),
    ("arbor", (("arbor_id",), ("registration_form", "upn"), ("student", "guardian_1_name"))),
    (
        "bromcom",
        (
            ("tutor_group", "person_id"),
            ("tutor_group", "admission_number"),
            ("legal_first_name", "preferred_first_name", "upn"),
            ("contact_first_name", "contact_last_name", "has_parental_responsibility"),
            ("firstname", "lastname", "upn", "yeargroup"),
        ),
    ),
    (
        "sims",
        (("adno",), ("reg", "year"), ("reg_group", "forename"), ("reg", "forename"), ("forename", "parental_responsibility")),
    ),
)
"""Words that stand together in the tables of each system."""
