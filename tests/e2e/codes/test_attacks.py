"""Attacks on codes, played against the deployed stack from one line of one's own: IPv4 and IPv6."""

import secrets
from collections import Counter
from urllib.parse import urlsplit

import httpx
import pytest

from latchkey.codes.model.codes import code
from tests.e2e.client import PATIENCE, Product
from tests.e2e.school import enrol, export, new_group

pytestmark = [pytest.mark.e2e, pytest.mark.alone]  # they spend budgets of the whole school
WRONG_AT_ONE_ADDRESS = 50  # an hour


def guesses(product: Product, base: str, source: str, count: int) -> Counter[int]:
    """How often each status comes for PINs that are well formed and nobody's."""
    transport = httpx.HTTPTransport(local_address=source)
    with httpx.Client(base_url=base, transport=transport, timeout=PATIENCE, headers={"Accept": "application/json"}) as line:
        wrong = (code("pin", 900_000 + number, 1, secrets.token_bytes(32)) for number in range(count))
        return Counter(line.post(f"/schools/{product.school}/codes/check", json={"code": each}).status_code for each in wrong)


@pytest.mark.parametrize("ip", [4, 6])
def test_somebody_who_guesses_pins_is_refused_after_fifty(product: Product, ip: int) -> None:
    port = urlsplit(product.stack["url"]).port
    base, source = (f"http://127.0.0.1:{port}", "127.77.7.7") if ip == 4 else (f"http://[::1]:{port}", "::1")
    assert guesses(product, base, source, WRONG_AT_ONE_ADDRESS + 5) == {410: WRONG_AT_ONE_ADDRESS, 429: 5}
    assert product.http.get(f"/schools/{product.school}").status_code == 200, "everybody else goes on"


def test_a_stranger_gets_no_words_of_whoever_typed_their_address(product: Product, admin: Product) -> None:
    mine = new_group()
    enrol(admin, mine.rows)
    (row,) = export(admin, {"registration_group": mine.name})[1]
    stranger = f"stranger-{secrets.token_hex(4)}@mail.example"
    form = {"code": row["ParentCode"], "email": stranger, "password": "five calm otters swim", "family_name": "Lee"}
    path = f"/schools/{product.school}/codes/use"
    refused = product.http.post(path, json={**form, "given_name": "WIN A PRIZE at https://evil.example"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["given_name"])
    assert product.mails(stranger) == []
    marked = f"Zzyx{secrets.choice('abcdefgh')}"
    assert product.http.post(path, json={**form, "given_name": marked}).status_code == 201
    mail = product.mail(stranger)
    assert marked not in mail["text"]
    assert marked not in mail["html"]
