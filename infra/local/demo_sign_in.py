"""The demo's own school sign-in (infra/school_sign_in): started, connected with Southgate by the console's API, and described."""

from typing import Any, Final

from infra.local.product import Product
from infra.local.progress import Progress
from infra.local.settings import Settings
from infra.school_sign_in.accounts import Account, accounts, offered

SCHOOL: Final = "southgate"
NAME: Final = "Southgate ID"
STUDENTS: Final = 60
CONNECTION: Final = "southgate-id"
"""The name of the connection in addresses."""


def students(settings: Settings) -> int:
    """How many students the school has that signs in there."""
    return min(STUDENTS, settings.demo_students or STUDENTS)


def config(settings: Settings) -> dict[str, Any]:
    """What its server is started with."""
    return {"port": settings.sign_in_port, "name": NAME, "school": SCHOOL, "students": students(settings)}


def connect(settings: Settings, product: Product, token: str, progress: Progress) -> None:
    """Have Southgate's people sign in there, as its admin would set it; does nothing where they do.

    Their user names are the same on both sides, so that pupils without an e-mail address come in, too.
    """
    here = f"/admin/{SCHOOL}/settings/sso"
    known = {each["name"]: each for each in product.expect(200, "GET", here, token=token)["connections"]}
    found = known.get(CONNECTION)
    if found and found["on"] and found["issuer"] == settings.sign_in_url:
        return
    wanted = {
        "name": CONNECTION,
        "kind": "oidc",
        "label": NAME,
        "roles": ["student", "teacher", "staff"],
        "issuer": settings.sign_in_url,
        "client_id": "latchkey-southgate",
        "client_secret": "it-takes-any-secret",
        "match_on": "username",
        "on": True,
    }
    with progress.step(f"Connect Southgate College with {NAME}"):
        product.expect(200, "PUT", here, {"connections": [wanted]}, token=token)


def description(settings: Settings) -> dict[str, Any]:
    """What stack.json says of it: somebody of each role, by the user name that is typed or picked there."""
    known = offered(accounts(SCHOOL, students(settings)))
    return {"school": SCHOOL, "issuer": settings.sign_in_url, "accounts": {each.role: _plain(each) for each in reversed(known)}}


def _plain(account: Account) -> dict[str, str]:
    return {"user_name": account.user_name, "name": account.name, "email": account.claims.get("email", "")}
