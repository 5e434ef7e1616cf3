"""What the demo school needs beyond its roster: pupils whose mail has a certain fate, and a second admin."""

import secrets
from typing import Any

import boto3

from infra.operator import invite_admin_event, operate
from tests.e2e.client import Product, links_in
from tests.e2e.rosters.test_rosters import table, upload

DEPUTY = {"email": "deputy@northbridge.example", "given_name": "Dee", "family_name": "Putty"}
PASSWORD = "five calm otters swim"


def pupil(group: str, number: int, email: str) -> list[str]:
    """A pupil's row in a roster, in the order of their numbers in every list."""
    return [f"{group}-{number}", "student", "Pupil", f"{group} {number:04d}", email, "", "", group[:-1], group, ""]


def fated(group: str, kinds: list[str]) -> list[str]:
    """An address for each fate that the local inbox knows (docs/local-stack.md), which no earlier run has spoilt."""
    run = secrets.token_hex(3)
    return [f"{kind}+{group.lower()}-{run}-{number}@simulator.amazonses.com" for number, kind in enumerate(kinds)]


def enrol(admin: Product, rows: list[list[str]]) -> None:
    """Upload a roster and apply it."""
    preview = upload(admin, table(*rows))
    assert preview["counts"]["rejected"] == 0, preview
    admin.http.post(admin.console(f"rosters/{preview['id']}/apply"))
    assert admin.finished(admin.console(f"rosters/{preview['id']}"))["state"] == "finished"


def second_admin(stack: Any) -> dict[str, str]:
    """How the school's second admin signs in."""
    product, aws = Product(stack), stack["aws"]
    known = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": DEPUTY["email"], "password": PASSWORD})
    if known.status_code != 201:
        keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
        session = boto3.Session(region_name=aws["region"], **keys)
        before = len(product.mails(DEPUTY["email"]))
        operate(session, aws["stack"], invite_admin_event(product.school, **DEPUTY), aws["endpoint_url"])
        token = links_in(product.mail(DEPUTY["email"], after=before))[0].partition("#")[2]
        used = product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
        assert used.status_code == 204, used.text
    return {"identifier": DEPUTY["email"], "password": PASSWORD}
