"""The demo's admin with an authenticator app gets in through the product's own doors, as scripts and tests do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import demo_school, product
from infra.local.files import read_json
from infra.local.product import Product
from tests.support.portal import PASSWORD, Portal


class InProcess(Product):
    """The product without a network."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._portal.get(path, **headers) if method == "GET" else self._portal.post(path, dict(body or {}), **headers)
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.body)


def test_the_admin_sets_up_an_app_and_signs_in_with_it_twice(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    portal.add("sam", role="staff", is_admin=True, email="admin@northbridge.example")
    monkeypatch.setattr(product.time, "time", portal.wiring.now)
    demo, login = InProcess(portal), {"identifier": "admin@northbridge.example", "password": PASSWORD}
    token = demo.sign_in("northbridge", **login)
    assert token is not None
    login = demo_school._add_app(demo, token, login, tmp_path / "admin.json")
    assert read_json(tmp_path / "admin.json") == login
    assert demo.sign_in("northbridge", login["identifier"], PASSWORD) is None
    assert demo.sign_in("northbridge", **login) is not None
    assert demo.expect(200, "GET", "/account/second-factors", token=token)["items"]
