"""A script's view of the product: JSON over HTTPS endpoints, mails from the inbox."""

import re
import secrets
import ssl
import sys
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra.local.waiting import LOOKS, wait_for
from tests.support.authenticator import app_code

PATIENCE = 60
"""Seconds for one answer. A call that hangs is a failure; one that a busy machine holds up is not."""
TRUST = ssl.create_default_context()
"""For every client: to read the roots anew takes longer than most answers."""
NEWS = 900
"""Looks at what waits for news of mails: news that met other news comes again after 380 s, its queue's visibility timeout."""


@dataclass
class Product:
    """The running product. ``stack`` is what stands in stack.json."""

    stack: Mapping[str, Any]
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.HTTPTransport(verify=TRUST, local_address=_visitor())
        json = {"Accept": "application/json"}
        self.http = httpx.Client(base_url=self.stack["url"], headers=json, timeout=PATIENCE, transport=transport, trust_env=False)
        weakref.finalize(self, self.http.close)

    @property
    def school(self) -> str:
        """The demo school's slug."""
        return str(self.stack["school"]).rstrip("/").rpartition("/")[2]

    def sign_in(self, identifier: str, password: str, school: str | None = None, totp_secret: str = "") -> "Product":
        """A second client that is signed in as this person; ``totp_secret``: of an app, where one is asked for."""
        path = f"/schools/{school or self.school}/sessions"
        answer = self.http.post(path, json={"identifier": identifier, "password": password})
        if answer.status_code == 202 and totp_secret:
            asked = {"token": answer.json()["second_factor"]["token"], "way": "totp"}
            codes = (app_code(totp_secret, time.time(), step) for step in (0, 1))  # each counts once
            answers = (self.http.post(f"{path}/second-factor", json={**asked, "code": code}) for code in codes)
            answer = next((each for each in answers if each.status_code == 201), answer)
        assert answer.status_code == 201, answer.text
        signed_in = Product(self.stack)
        signed_in.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return signed_in

    def admin(self) -> "Product":
        """A client that is signed in as the demo admin."""
        return self.sign_in(self.stack["admin"]["identifier"], self.stack["admin"]["password"])

    def get(self, path: str, **query: str) -> Any:
        """The JSON of a path."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def all(self, path: str, **query: str) -> list[dict[str, Any]]:
        """The items of all pages of a path."""
        page = self.get(path, **query)
        items = list(page["items"])
        while page["next"] is not None:
            page = self.get(path, **query, cursor=page["next"])
            items += page["items"]
        return items

    def console(self, path: str) -> str:
        """A path of the demo school's console."""
        return f"/admin/{self.school}/{path}"

    def watch(self, path: str, what: str, until: Callable[[Any], object], looks: int = LOOKS, **query: str) -> Any:
        """The JSON of something that runs in the background, once it is as wanted; while it changes, it is waited for."""
        return wait_for(lambda: self.get(path, **query), what, until, looks=looks)

    def finished(self, path: str, states: tuple[str, ...] = ("finished",)) -> Any:
        """The JSON of something that runs in the background, once it is in one of these states."""
        return self.watch(path, path, lambda found: found["state"] in {*states, "failed", "cancelled", "paused"})

    def mails(self, to: str = "") -> list[dict[str, str]]:
        """The mails to an address, or all, newest first."""
        answer = httpx.get(
            self.stack["inbox"], params={"to": to}, headers={"Accept": "application/json"}, timeout=PATIENCE, verify=TRUST
        )
        return list(answer.json()["items"])

    def mail(self, to: str, subject: str = "", after: int = 0) -> dict[str, str]:
        """The newest mail to an address with these words in its subject, once more than ``after`` of them are there."""

        def found() -> list[dict[str, str]]:
            return [mail for mail in self.mails(to) if subject.lower() in mail["subject"].lower()]

        return wait_for(found, f"a mail “{subject}”", lambda mails: len(mails) > after)[0]

    def person(self, **wanted: str) -> dict[str, Any]:
        """The first person whom a filter finds (for admins)."""
        items = self.get(self.console("people"), **wanted)["items"]
        return dict(items[0])


def _visitor() -> str | None:
    """An address of its own for each client, so that none spends what another may ask for; only Linux has them all."""
    return f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.1" if sys.platform == "linux" else None


def reached(send: Mapping[str, Any]) -> int:
    """How many people's mails SES has taken, whether their delivery is known yet or not."""
    return int(send["counts"]["sent"] + send["counts"]["delivered"])


def links_in(mail: Mapping[str, str]) -> list[str]:
    """The links of a mail that set a password, use an invitation, or confirm an address."""
    return list(dict.fromkeys(re.findall(r"https?://\S+/(?:set-password|join|confirm)#[A-Za-z0-9._-]+", mail["text"])))


def token_in(mail: Mapping[str, str], position: int = 0) -> str:
    """The token of a mail's link, which stands in the fragment and nowhere else."""
    parts = urlsplit(links_in(mail)[position])
    assert parts.query == ""
    return parts.fragment
