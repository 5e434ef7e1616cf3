"""The demo's own school sign-in (infra/school_sign_in): what it is started with, and what stack.json says of it."""

from typing import Any, Final

from infra.local.settings import Settings
from infra.school_sign_in.accounts import Account, accounts, offered

SCHOOL: Final = "southgate"
NAME: Final = "Southgate ID"
STUDENTS: Final = 60


def students(settings: Settings) -> int:
    """How many students the school has that signs in there."""
    return min(STUDENTS, settings.demo_students or STUDENTS)


def config(settings: Settings) -> dict[str, Any]:
    """What its server is started with."""
    return {"port": settings.sign_in_port, "name": NAME, "school": SCHOOL, "students": students(settings)}


def description(settings: Settings) -> dict[str, Any]:
    """What stack.json says of it: somebody of each role, by the user name that is typed or picked there."""
    known = offered(accounts(SCHOOL, students(settings)))
    return {"school": SCHOOL, "issuer": settings.sign_in_url, "accounts": {each.role: _plain(each) for each in reversed(known)}}


def _plain(account: Account) -> dict[str, str]:
    return {"user_name": account.user_name, "name": account.name, "email": account.claims.get("email", "")}
