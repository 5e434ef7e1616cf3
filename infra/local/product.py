"""The product as a script sees it: JSON over HTTP, and the inbox. No short cut past it."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from infra.local.waiting import wait_for


def app_code(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app with this secret (base32) shows, or will show some steps of 30 seconds later (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


class Unexpected(Exception):
    """The product answered something else than it should have."""


class Product:
    """Latchkey's HTTPS endpoints at `url`, and the inbox at `inbox`."""

    def __init__(self, url: str, inbox: str) -> None:
        self._inbox = inbox
        # trust_env: a proxy of the developer's has no business between programs on this machine
        self._http = httpx.Client(base_url=url, headers={"Accept": "application/json"}, timeout=60, trust_env=False)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str | None = None) -> httpx.Response:
        """One request with a JSON body; whatever the status, the answer comes back. No redirect is followed."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unexpected(f"{method} {path} was not answered: {error}") from error

    def expect(self, status: int, method: str, path: str, body: Mapping[str, Any] | None = None, token: str | None = None) -> Any:
        """The JSON of an answer that must have this status; raises Unexpected otherwise."""
        reply = self.call(method, path, body, token)
        data = reply.json() if "json" in reply.headers.get("Content-Type", "") and reply.content else None
        if reply.status_code != status:
            detail = data.get("detail", "") if isinstance(data, dict) else ""
            raise Unexpected(f"{method} {path} answered {reply.status_code} instead of {status}. {detail}".strip())
        return data

    def sign_in(self, school: str, identifier: str, password: str, totp_secret: str = "") -> str | None:
        """A session's token, or None when what is known is not (or no longer) right. ``totp_secret``: of a second step."""
        reply = self.call("POST", f"/schools/{school}/sessions", {"identifier": identifier, "password": password})
        if reply.status_code == 202 and totp_secret:
            asked = {"token": reply.json()["second_factor"]["token"], "way": "totp", "code": app_code(totp_secret)}
            reply = self.call("POST", f"/schools/{school}/sessions/second-factor", asked)
            if reply.status_code == 422:  # each code counts once, and this one was shown a moment ago: the next counts already
                reply = self.call(
                    "POST", f"/schools/{school}/sessions/second-factor", asked | {"code": app_code(totp_secret, steps=1)}
                )
        return str(reply.json()["token"]) if reply.status_code == 201 else None

    def mails(self, to: str) -> list[dict[str, Any]]:
        """The mails to one address, newest first."""
        return list(self._http.get(f"{self._inbox}/", params={"to": to}).raise_for_status().json()["items"])

    def wait_for_link(self, to: str, after: int) -> str:
        """The token of the password link in the next mail to `to`, where `after` mails had come before."""

        def link() -> str | None:
            mails = self.mails(to)
            found = re.search(r"https?://\S+/set-password#(\S+)", mails[0]["text"]) if len(mails) > after else None
            return found and found.group(1)

        try:
            return str(wait_for(link, f"A mail with a password link to {to}"))
        except TimeoutError as error:
            raise Unexpected(f"{error}.") from error

    def poll(self, path: str, token: str, states: set[str], seen: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Ask until something that runs in the background reaches one of `states`; raises Unexpected if it fails."""
        while True:
            run: dict[str, Any] = self.expect(200, "GET", path, token=token)
            if run["state"] in states:
                return run
            if run["state"] in {"failed", "cancelled"}:
                raise Unexpected(f"{path} ended as {run['state']}: {run.get('reason') or run.get('error') or 'no reason given'}.")
            seen(run)
            time.sleep(0.3)

    def upload(self, target: Mapping[str, Any], file: Path) -> None:
        """Post a file to S3 as a browser's form would; `target` is {"url", "fields"}."""
        with file.open("rb") as content:
            reply = self._http.post(target["url"], data=target["fields"], files={"file": (file.name, content)})
        if reply.status_code not in {200, 201, 204}:
            raise Unexpected(f"The upload of {file.name} was answered with {reply.status_code}.")
