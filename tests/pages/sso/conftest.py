"""Schools of their own whose people sign in at a provider, and the providers."""

import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.waiting import wait_for
from infra.operator import invite_admin_event, make_school_event
from tests.e2e.client import Product, links_in
from tests.e2e.school import as_operator
from tests.support.providers.hostile import Hostile, hostile_provider
from tests.support.providers.running import Provider, provider

PASSWORD = "eleven cheerful otters"
SECRET = "a-secret-that-both-sides-know"


@dataclass
class Academy:
    """A school whom nobody but these tests knows."""

    slug: str
    admin: Product
    login: dict[str, str]
    connected_at: int = 0

    def connect(self, name: str, **facts: Any) -> None:
        """Set a connection, in part; a new one is OpenID Connect for students, matched by their address."""
        asked = {"name": name, **facts}
        answer = self.admin.http.put(self.admin.console("settings/sso"), json={"connections": [asked]})
        assert answer.status_code == 200, answer.text
        self.connected_at = int(time.time())

    def opened(self) -> None:
        """Wait for the next second: a session of that in which a sign-in was switched on ends with those before."""
        wait_for(lambda: time.time() >= self.connected_at + 1, "The next second", pause=0.1)

    def connect_new(self, name: str, issuer: str, **facts: Any) -> None:
        """A new connection by OpenID Connect."""
        usual = {"kind": "oidc", "client_id": "ours", "client_secret": SECRET, "label": "Sign in with ID", "roles": ["student"]}
        self.connect(name, **{**usual, "match_on": "email", "on": True, "issuer": issuer, **facts})

    def checks(self, name: str) -> dict[str, dict[str, Any]]:
        """What the self-check finds now, by the name of each check."""
        answer = self.admin.http.post(self.admin.console("settings/sso/check"), json={"name": name})
        assert answer.status_code == 200, answer.text
        return {each["name"]: each for each in answer.json()["checks"]}

    def try_it(self, name: str) -> str:
        """Begin the admin's own try: the address at which it goes on."""
        answer = self.admin.http.post(self.admin.console(f"settings/sso/{name}/try"), json={})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["address"])

    def tried(self, name: str) -> dict[str, dict[str, Any]]:
        """What is known once the newest try has ended."""

        def ended() -> bool:
            found = self.admin.get(self.admin.console("settings/sso"))["connections"]
            return any(each["name"] == name and (each["trial"] or {}).get("ended_at") for each in found)

        wait_for(ended, f"The end of a try of {name}")
        return self.known(name)

    def known(self, name: str) -> dict[str, dict[str, Any]]:
        """What is known of a connection, by the name of each check, without looking again."""
        found = self.admin.get(self.admin.console("settings/sso"))["connections"]
        return {check["name"]: check for each in found if each["name"] == name for check in each["checks"]}

    def person(self, role: str = "student", **facts: Any) -> dict[str, Any]:
        """Somebody new."""
        number = secrets.token_hex(4)
        email = f"p{number}@{self.slug}.example"
        known = {"role": role, "given_name": "Maya", "family_name": "Okafor", "email": email, "username": f"u{number}", **facts}
        if role == "student":
            known = {"year_group": "9", "registration_group": "9A", **known}
        answer = self.admin.http.post(self.admin.console("people"), json=known)
        assert answer.status_code == 201, answer.text
        return {**known, **answer.json()}


def new_academy(stack: dict[str, Any], name: str = "Federated Academy") -> Academy:
    """A school with an admin who needs no second step."""
    slug = f"federated-{secrets.token_hex(3)}"
    facts = {"slug": slug, "name": name, "town": "Ely", "postcode": "CB7 4AA", "settings": {"second_factor": "optional"}}
    as_operator(stack, make_school_event(facts))
    address = f"head@{slug}.example"
    as_operator(stack, invite_admin_event(slug, email=address, given_name="Hana", family_name="Head"))
    product = Product({**stack, "school": slug})
    token = links_in(product.mail(address))[0].partition("#")[2]
    used = product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
    assert used.status_code == 204, used.text
    return Academy(slug, product.sign_in(address, PASSWORD), {"identifier": address, "password": PASSWORD})


@pytest.fixture(scope="module")
def academy(stack: dict[str, Any]) -> Academy:
    return new_academy(stack)


@pytest.fixture(scope="session")
def hostile(sign_in_ports: dict[str, socket.socket]) -> Iterator[Hostile]:
    with hostile_provider(sign_in_ports["hostile"]) as made:
        yield made


@pytest.fixture(scope="session")
def certified(stack: dict[str, Any], sign_in_ports: dict[str, socket.socket]) -> Iterator[Provider]:
    """The certified provider, with our client and nobody who has an account."""
    client = {"client_id": "ours", "client_secret": SECRET, "redirect_uris": [f"{stack['url']}/sso/callback"]}
    with provider("oidc-provider", sign_in_ports["certified"], clients=[client], accounts={}, claimsInIdToken=True) as made:
        yield made


@pytest.fixture(scope="module")
def pupil(academy: Academy) -> dict[str, Any]:
    return academy.person()
