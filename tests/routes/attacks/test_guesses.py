"""Two hundred guesses at once, at every door where a secret is typed: never compared more often than the budget."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from latchkey.codes.model import codes
from latchkey.second_factors import show_factor
from latchkey.sign_in import hashing
from tests.support.doors import SCHOOL, Street, street
from tests.support.portal import PASSWORD, open_portal
from tests.support.system import running_system

MANY = 200
MOST = 10
PASSWORDS, FACTORS, CODES = "a password", "a factor", "a code"


@dataclass(frozen=True)
class Guessed:
    """A door, what its n-th guess is, and where guesses are compared."""

    path: str
    fields: Callable[[Street, int], dict[str, Any]]
    compared: str
    who: str | None = None

    def ask(self, at: Street, number: int) -> int:
        return int(at.post(self.path, self.fields(at, number), self.who).status_code)


def _code(kind: codes.Kind, whose: str) -> Callable[[Street, int], dict[str, Any]]:
    return lambda at, number: {"code": at.guess(kind, whose, 1_000 + number), "password": PASSWORD}


def _wrong(field: str, **more: str) -> Callable[[Street, int], dict[str, Any]]:
    return lambda _, number: {field: f"wrong-harbour-{number}", **more}


def _app(at: Street, number: int) -> dict[str, Any]:
    return {"way": "totp", "code": f"{number:06}"}


def _step(at: Street, number: int) -> dict[str, Any]:
    return {"token": at.secrets["step"], "way": "totp", "code": f"{number:06}"}


def _recovery(_: Street, number: int) -> dict[str, Any]:
    return {"way": "recovery", "code": f"ABCDE-FGHJK-MNPQR-STVWX-YZ{number:03}"}


DOORS = {
    "sign in": Guessed(f"{SCHOOL}/sessions", _wrong("password", identifier="ann"), PASSWORDS),
    "second step": Guessed(f"{SCHOOL}/sessions/second-factor", _step, FACTORS),
    "confirm again, app": Guessed("/account/confirm", _app, FACTORS, "head"),
    "confirm again, recovery code": Guessed("/account/confirm", _recovery, FACTORS, "head"),
    "confirm again, password": Guessed("/account/confirm", _wrong("password", way="password"), PASSWORDS, "kim"),
    "current password": Guessed("/account/password", _wrong("current", password="violet-kettle-77-north"), PASSWORDS, "kim"),
    "current password, for another address": Guessed("/account/email", _wrong("current", email="k@x.example"), PASSWORDS, "kim"),
    "PIN, looked at": Guessed(f"{SCHOOL}/codes/check", _code("pin", "ann"), CODES),
    "PIN, used": Guessed(f"{SCHOOL}/codes/use", _code("pin", "ann"), CODES),
    "PIN, for a passkey": Guessed(f"{SCHOOL}/codes/passkey", _code("pin", "ann"), CODES),
    "parent code": Guessed(f"{SCHOOL}/codes/use", _code("parent", "ann"), CODES),
    "code read out": Guessed(f"{SCHOOL}/codes/use", _code("read_out", "sam"), CODES),
    "add a child": Guessed("/account/children", _code("parent", "ben"), CODES, "mum"),
}


@pytest.fixture(scope="module")
def made() -> Iterator[Street]:
    with running_system() as system, pytest.MonkeyPatch.context() as patch, open_portal(system, patch) as portal:
        found = street(portal)
        found.keep()
        yield found


@pytest.fixture
def at(made: Street) -> Street:
    made.restore()
    return made


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often something was compared; nothing is ever right."""
    found: Counter[str] = Counter()

    def never(what: str, answer: object) -> Callable[..., Any]:
        return lambda *_: found.update([what]) or answer

    monkeypatch.setattr(hashing, "verify", never(PASSWORDS, False))
    monkeypatch.setattr(show_factor, "_with_code", never(FACTORS, None))
    monkeypatch.setattr(show_factor, "_without_code", never(FACTORS, None))
    monkeypatch.setattr(codes, "generation_of", never(CODES, None))
    return found


def at_once(asks: list[Callable[[], int]]) -> Counter[int]:
    with ThreadPoolExecutor(16) as pool:
        return Counter(pool.map(lambda ask: ask(), asks))


@pytest.mark.parametrize("name", DOORS)
def test_of_two_hundred_guesses_at_once_ten_are_compared(at: Street, compared: Counter[str], name: str) -> None:
    door = DOORS[name]
    answers = at_once([lambda n=n: door.ask(at, n) for n in range(MANY)])
    assert compared == {door.compared: MOST}
    assert answers.total() == MANY
    assert set(answers) <= {401, 410, 422, 429}, "nobody came in, and nothing broke"


def test_all_doors_to_one_secret_share_ten(at: Street, compared: Counter[str]) -> None:
    """The head's second factor and password, at the second step, in a session and in the account; a PIN at three doors."""
    own = [
        DOORS["second step"],
        DOORS["confirm again, app"],
        DOORS["confirm again, recovery code"],
        Guessed("/account/password", DOORS["current password"].fields, PASSWORDS, "head"),
    ]
    at_once([lambda n=n: own[n % 4].ask(at, n) for n in range(MANY)])
    assert compared.total() == MOST
    compared.clear()
    code = [DOORS[name] for name in ("PIN, looked at", "PIN, used", "PIN, for a passkey")]
    at_once([lambda n=n: code[n % 3].ask(at, n) for n in range(MANY)])
    assert compared == {CODES: MOST}
