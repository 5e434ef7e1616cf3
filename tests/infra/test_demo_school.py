"""The demo is brought about only as far as it is missing, and everything in it goes through the product."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import demo_school
from infra.local.files import read_json
from infra.local.product import Unexpected, app_code
from infra.local.progress import Progress
from infra.local.settings import Settings, read_settings
from infra.local.trouble import Trouble

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class FakeProduct:
    """Latchkey, as far as the demo uses it; it remembers what was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.schools: set[str] = set()
        self.passwords: dict[str, str] = {}
        self.apps: dict[str, str] = {}
        self.people: set[str] = set()
        self.connections: list[dict[str, Any]] = []

    def call(self, _method: str, path: str) -> httpx.Response:
        return httpx.Response(200 if path.rpartition("/")[2] in self.schools else 404)

    def sign_in(self, school: str, identifier: str, password: str, totp_secret: str = "") -> str | None:
        knows = self.passwords.get(identifier) == password and self.apps.get(school, "") == totp_secret
        return school if knows else None

    def mails(self, _to: str) -> list[Any]:
        return []

    def wait_for_link(self, to: str, after: int) -> str:
        assert after == 0
        return to

    def expect(self, status: int, method: str, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> Any:
        if path == "/password-links/use":
            assert body is not None
            self.passwords[body["token"]] = body["password"]
            return None
        assert token in self.schools
        if path == "/account/second-factors" and method == "GET":
            return {"items": ["app"] if token in self.apps else []}
        if path == "/account/second-factors":
            return {"id": "f1", "secret": SECRET}
        if path == "/account/second-factors/f1/confirm":
            assert body == {"code": app_code(SECRET)}
            self.apps[token or ""] = SECRET
            self.done.append("second step")
            return {}
        if path.endswith("/settings/sso"):
            if method == "PUT":
                assert body is not None
                self.connections = body["connections"]
                self.done.append(f"{token} signs in at {self.connections[0]['issuer']}")
            return {"connections": self.connections}
        if path.endswith("/people?role=student"):
            return {"items": ["somebody"] if token in self.people else []}
        self.done.append(f"{method} {path} {status}")
        return {"id": "r1", "upload": {"url": "https://s3.example", "fields": {}}}

    def upload(self, _target: Any, file: Path) -> None:
        assert file.exists()
        self.done.append(f"upload {file.name}")

    def poll(self, path: str, token: str, states: set[str], seen: Any) -> dict[str, Any]:
        seen({"state": "running"})
        if states == {"finished"}:
            self.people.add(token)
        return {"state": states.pop(), "progress": {"done": 1, "total": 1}, "path": path}


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    fake = FakeProduct()

    def operate(_session: Any, _stack: str, event: dict[str, Any], _endpoint: str) -> dict[str, Any]:
        fake.done.append(event["command"])
        if event["command"] == "make_school":
            fake.schools.add(event["school"]["slug"])
        return {"ok": True}

    monkeypatch.setattr(demo_school, "Product", lambda _url, _inbox: fake)
    monkeypatch.setattr(demo_school, "operate", operate)
    return fake


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"LATCHKEY_LOCAL": str(tmp_path), "LATCHKEY_DEMO_STUDENTS": "30"})


def load(settings: Settings) -> dict[str, dict[str, str]]:
    return demo_school.load(settings, Progress(io.StringIO()))


EVERYTHING = [
    step
    for school in ("northbridge", "southgate")
    for step in (
        "make_school",
        "invite_admin",
        *(["second step"] if school == "southgate" else []),
        f"POST /admin/{school}/rosters 201",
        f"upload {school}-oneroster.zip",
        f"POST /admin/{school}/rosters/r1/apply 202",
        *(["southgate signs in at http://localhost:8030"] if school == "southgate" else []),
    )
]


def test_the_first_time_everything_is_made(product: FakeProduct, settings: Settings, tmp_path: Path) -> None:
    admins = load(settings)
    assert product.done == EVERYTHING
    assert admins["southgate"]["totp_secret"] == SECRET
    assert "totp_secret" not in admins["northbridge"]
    assert admins["northbridge"]["identifier"] == "admin@northbridge.example"
    assert product.passwords["admin@northbridge.example"] == admins["northbridge"]["password"]
    assert len(admins["northbridge"]["password"]) >= 12
    assert (tmp_path / "admin-of-northbridge.json").stat().st_mode & 0o777 == 0o600


def test_another_port_of_the_school_sign_in_is_another_issuer(product: FakeProduct, settings: Settings) -> None:
    load(settings)
    product.done.clear()
    load(dataclasses.replace(settings, sign_in_port=8040))
    assert product.done == ["southgate signs in at http://localhost:8040"]


def test_the_second_time_nothing_is_done(product: FakeProduct, settings: Settings) -> None:
    first = load(settings)
    product.done.clear()
    assert load(settings) == first
    assert product.done == []


def test_an_admin_whose_password_is_not_right_any_more_is_invited_again(product: FakeProduct, settings: Settings) -> None:
    load(settings)
    product.done.clear()
    product.passwords["admin@southgate.example"] = "changed by hand"
    assert load(settings)["southgate"]["password"] == product.passwords["admin@southgate.example"]
    assert product.done == ["invite_admin"]


def test_a_roster_that_was_not_applied_is_loaded_again(product: FakeProduct, settings: Settings) -> None:
    load(settings)
    product.done.clear()
    product.people.remove("northbridge")
    load(settings)
    assert product.done == EVERYTHING[2:5]


def test_what_goes_wrong_is_one_sentence(product: FakeProduct, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_mail(*_: Any) -> str:
        raise Unexpected("No mail came.")

    monkeypatch.setattr(product, "wait_for_link", no_mail)
    with pytest.raises(Trouble, match=r"could not be loaded: No mail came\. The log files are in"):
        load(settings)
    assert read_json(settings.state / "admin-of-northbridge.json") is None
