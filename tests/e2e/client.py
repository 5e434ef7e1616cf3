"""A script's view of the product: JSON over HTTPS endpoints, mails from the inbox."""

import re
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

PATIENCE = 120


@dataclass
class Product:
    """The running product. ``stack`` is what stands in stack.json."""

    stack: Mapping[str, Any]
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.stack["url"], headers={"Accept": "application/json"}, timeout=60)
        weakref.finalize(self, self.http.close)

    @property
    def school(self) -> str:
        """The demo school's slug."""
        return str(self.stack["school"]).rstrip("/").rpartition("/")[2]

    def sign_in(self, identifier: str, password: str, school: str | None = None) -> "Product":
        """A second client that is signed in as this person."""
        answer = self.http.post(
            f"/schools/{school or self.school}/sessions", json={"identifier": identifier, "password": password}
        )
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

    def console(self, path: str) -> str:
        """A path of the demo school's console."""
        return f"/admin/{self.school}/{path}"

    def finished(self, path: str, states: tuple[str, ...] = ("finished",)) -> Any:
        """The JSON of something that runs in the background, once it is in one of these states."""
        return wait_for(lambda: (found := self.get(path))["state"] in {*states, "failed", "cancelled", "paused"} and found, path)

    def mails(self, to: str) -> list[dict[str, str]]:
        """The mails to an address, newest first."""
        return [mail for mail in self.all_mails() if mail["to"] == to]

    def all_mails(self) -> list[dict[str, str]]:
        """All mails, newest first."""
        return list(httpx.get(self.stack["inbox"], headers={"Accept": "application/json"}, timeout=60).json()["items"])

    def mail(self, to: str, subject: str = "", after: int = 0) -> dict[str, str]:
        """The newest mail to an address with these words in its subject, once more than ``after`` of them are there."""

        def newest() -> dict[str, str] | None:
            found = [mail for mail in self.mails(to) if subject.lower() in mail["subject"].lower()]
            return found[0] if len(found) > after else None

        return wait_for(newest, f"a mail “{subject}”")

    def person(self, **wanted: str) -> dict[str, Any]:
        """The first person whom a filter finds (for admins)."""
        items = self.get(self.console("people"), **wanted)["items"]
        return dict(items[0])


def reached(send: Mapping[str, Any]) -> int:
    """How many people's mails SES has taken, whether their delivery is known yet or not."""
    return int(send["counts"]["sent"] + send["counts"]["delivered"])


def links_in(mail: Mapping[str, str]) -> list[str]:
    """The password links of a mail."""
    return list(dict.fromkeys(re.findall(r"https?://\S+/set-password#[A-Za-z0-9._-]+", mail["text"])))


def token_in(mail: Mapping[str, str], position: int = 0) -> str:
    """The token of a mail's link, which stands in the fragment and nowhere else."""
    parts = urlsplit(links_in(mail)[position])
    assert parts.query == ""
    return parts.fragment


def wait_for(look: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What ``look`` finds, once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.5)
    return found
