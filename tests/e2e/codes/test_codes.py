"""The door that codes open, on the deployed stack: out of an export's file, through the portal, with IAM enforced."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

import pytest

from tests.e2e.client import Product
from tests.e2e.school import Group, enrol, export, new_group

pytestmark = pytest.mark.e2e
PASSWORD = "nine patient herons"


@dataclass
class Slips:
    """What is printed for one group, handed out once."""

    admin: Product
    group: Group
    rows: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        enrol(self.admin, self.group.rows)
        self.rows = self.again()

    def again(self) -> list[dict[str, str]]:
        """What is printed now."""
        return export(self.admin, {"registration_group": self.group.name})[1]

    def next(self) -> dict[str, str]:
        """A row that nobody has used."""
        return self.rows.pop()

    def person(self, row: dict[str, str]) -> dict[str, Any]:
        """Whose row it is."""
        return self.admin.person(**self.group.filter, q=row["Username"])


@pytest.fixture(scope="module")
def slips(admin: Product) -> Slips:
    return Slips(admin, new_group(10))


def door(product: Product, name: str, code: str, **fields: str) -> Any:
    return product.http.post(f"/schools/{product.school}/codes/{name}", json={"code": code, **fields})


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_pupil_recovers_an_account_and_both_addresses_hear_of_it(product: Product, slips: Slips) -> None:
    row = slips.next()
    before = slips.person(row)
    seen = door(product, "check", row["StudentPIN"].lower().replace("-", " "))
    assert seen.status_code == 200, seen.text
    assert (seen.json()["kind"], seen.json()["student"]) == ("pin", {"given_name": row["Forename"]})
    mails = len(product.mails(before["email"]))
    new = f"fresh{secrets.token_hex(6)}@home.example"
    used = door(product, "use", row["StudentPIN"], email=new, password=PASSWORD)
    assert used.status_code == 201, used.text
    signed_in = product.sign_in(new, PASSWORD)
    assert signed_in.get("/account")["person"]["id"] == before["id"]
    assert said(door(product, "use", row["StudentPIN"], password=PASSWORD)) == (410, "used")
    product.mail(before["email"], after=mails)
    product.mail(new)
    events = slips.admin.get(slips.admin.console("audit"))["items"]
    assert before["id"] in {event["actor"] for event in events if event["action"] == "code.use"}


def test_printing_again_keeps_live_codes_and_renews_used_ones(product: Product, slips: Slips) -> None:
    used, live = slips.next(), slips.next()
    assert door(product, "use", used["StudentPIN"], password=PASSWORD).status_code == 201
    again = {row["UPN"]: row for row in slips.again()}
    assert again[live["UPN"]] == live
    assert again[used["UPN"]]["StudentPIN"] != used["StudentPIN"]
    assert again[used["UPN"]]["ParentCode"] == used["ParentCode"]
    assert said(door(product, "check", used["StudentPIN"])) == (410, "replaced")
    assert door(product, "check", again[used["UPN"]]["StudentPIN"]).status_code == 200


def surname() -> str:
    """A name that nobody else has; names have no digits."""
    return "P" + "".join(secrets.choice(ascii_lowercase) for _ in range(12))


def test_parents_register_and_are_linked_to_their_child(product: Product, slips: Slips) -> None:
    row = slips.next()
    name = surname()
    fields = {"given_name": "Robin", "family_name": name, "email": f"{name}@home.example", "password": PASSWORD}
    places = door(product, "check", row["ParentCode"]).json()["places_left"]
    answer = door(product, "use", row["ParentCode"], **fields)
    assert answer.status_code == 201, answer.text
    assert door(product, "check", row["ParentCode"]).json().get("places_left", 0) == places - 1
    signed_in = product.sign_in(f"{name}@home.example", PASSWORD)
    assert signed_in.get("/account")["person"]["role"] == "parent"
    listed = slips.admin.get(slips.admin.console("people"), role="parent", q=name)["items"]
    assert [each["id"] for each in listed] == [answer.json()["person"]["id"]]
    product.mail(f"{name.lower()}@home.example")


def test_simultaneous_uses_have_as_many_winners_as_there_are_places(product: Product, slips: Slips) -> None:
    row, name = slips.next(), surname()

    def claim(number: int) -> int:
        return int(door(Product(product.stack), "use", row["StudentPIN"], password=f"{PASSWORD} {number}").status_code)

    def register(number: int) -> int:
        fields = {"given_name": "Many", "family_name": name, "email": f"{name}{number}@home.example"}
        return int(door(Product(product.stack), "use", row["ParentCode"], password=PASSWORD, **fields).status_code)

    places = door(product, "check", row["ParentCode"]).json()["places_left"]
    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(claim, range(8))) == {201: 1, 410: 7}
        assert Counter(pool.map(register, range(8))) == {201: places, 410: 8 - places}
    listed = slips.admin.get(slips.admin.console("people"), role="parent", q=name)["items"]
    assert len(listed) == places


def test_ten_wrong_guesses_end_a_code_and_the_next_export_prints_another(product: Product, slips: Slips) -> None:
    row, other = slips.next(), slips.next()
    pin = row["StudentPIN"].replace("-", "")
    guesses = wrong_guesses(pin)
    assert said(door(product, "check", pin[:-1] + ("2" if pin[-1] != "2" else "3"))) == (422, "mistyped")
    for _ in range(10):
        assert said(door(product, "check", next(guesses))) == (410, "refused")
    assert said(door(product, "check", pin)) == (410, "refused")
    again = {each["UPN"]: each for each in slips.again()}
    assert again[row["UPN"]]["StudentPIN"] != row["StudentPIN"]
    assert again[other["UPN"]] == other
    assert door(product, "check", again[row["UPN"]]["StudentPIN"]).status_code == 200
    assert door(product, "check", row["ParentCode"]).status_code == 200, "the other code has a count of its own"


def wrong_guesses(pin: str) -> Any:
    """Codes with the same number and a right check sign."""
    alphabet = "2346789CDFHJKMNPQRTVWXY"
    for first in alphabet:
        for second in alphabet:
            body = pin[:6] + first + second + pin[8:-1]
            check = alphabet[sum((place + 1) * alphabet.index(sign) for place, sign in enumerate(body)) % 23]
            if body + check != pin:
                yield body + check


def test_the_short_address_leads_to_the_page(product: Product) -> None:
    answer = product.http.get(f"/r/{product.school}", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/schools/{product.school}/redeem")
    page = product.http.get(f"/schools/{product.school}/redeem", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
