"""A browser without a screen: it follows redirects one by one and keeps cookies as Chromium does at http://localhost."""

from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.e2e.client import PATIENCE, _visitor

_MOST = 10


class Visitor:
    """Somebody at a computer. Secure cookies are kept although it is plain http: browsers trust this machine."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._http = httpx.Client(transport=httpx.HTTPTransport(local_address=_visitor()), timeout=PATIENCE, trust_env=False)
        self.cookies: dict[str, dict[str, str]] = {}
        self.went: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """One request; no redirect is followed."""
        url = urljoin(self._origin, url)
        place = urlsplit(url).netloc
        jar = self.cookies.setdefault(place, {})
        sent = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()), **(headers or {})}
        answer = self._http.request(method, url, headers=sent, **more)
        for header in answer.headers.get_list("set-cookie"):
            pair, *attributes = header.split(";")
            name, _, value = pair.strip().partition("=")
            if any(each.strip().lower() == "max-age=0" for each in attributes):
                jar.pop(name, None)
            else:
                jar[name] = value
        return answer

    def follow(self, url: str, until: str = "") -> httpx.Response:
        """Where redirects end; or the redirect that leads to an address with ``until`` in it, not followed."""
        for _ in range(_MOST):
            self.went.append(url)
            answer = self.ask("GET", url)
            if not answer.is_redirect:
                return answer
            url = urljoin(urljoin(self._origin, url), answer.headers["Location"])
            if until and until in url:
                return answer
        raise AssertionError(f"It goes round in circles: {self.went}")

    def signed_in_as(self) -> str | None:
        """The id of whose session the product sees; None: nobody's."""
        answer = self.ask("GET", "/account", {"Accept": "application/json"})
        return str(answer.json()["person"]["id"]) if answer.status_code == 200 else None
