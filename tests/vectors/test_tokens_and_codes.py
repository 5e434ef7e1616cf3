"""Literal tokens, codes and look-up keys. They are in inboxes, on paper and in tables.

Never change these; add a version. A failure here means that links stop working, printed codes die or nobody can sign in.
Cursors of lists are left out: they live as long as a page is open, and one that is refused sends people to the first page.
"""

from typing import get_args

import pytest

from latchkey.codes.model import codes
from latchkey.codes.model.codes import Code
from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link
from latchkey.people.model.person import Person
from latchkey.shared.model import identifiers, ids
from latchkey.sign_in.stamps import confirmation_stamp

KEY = bytes(range(32))
PERSON = "0123456789abcdefghjk"
BODY = "northbridge.0123456789abcdefghjk.6b49d23c.3.a1b2c3d4e5f6"
TOKENS = [
    ("welcome", f"1.w.{BODY}.kn-H_ehLLB4-8otaXaZeSi1Bv8CFWygxJo2kJL_8Cw8", "8d9cbc8774d07d28d45b9eeecff02324"),
    ("reset", f"1.r.{BODY}.yRkWI3eCk6SdNO-c1T5J9mE_g1zrtNCFV65CRq5NUFI", "7e87ad675ca6ea51c9c9237dee9bdeb1"),
    ("forgot", f"1.f.{BODY}.rS6BtYQz3kSt6KtyiLSzq-SveJ1qAKvCDW4FsxTFaQ4", "0d6b9b72abf4e0e7a41def1cacb5368e"),
    ("confirm", f"1.c.{BODY}.ccJJrlSt2ZZTTwptkPqLYqlLF97niWuAjlKQc8oF0D0", "c8a13b7cffd24e0045376962b0ba1b34"),
    ("invitation", f"1.i.{BODY}.zv6JGv8pnBTuPnYYALBERAye2J6KokX_cs-EEERHKfA", "af02f6a7bd70b86af1cbdea65a0222ce"),
]


@pytest.mark.parametrize(("purpose", "text", "fingerprint"), TOKENS)
def test_tokens_of_password_links(purpose: links.Purpose, text: str, fingerprint: str) -> None:
    link = Link(purpose, "northbridge", PERSON, 1_800_000_060, 3, "a1b2c3d4e5f6")
    assert links.token(link, KEY) == text
    found = links.read(text)
    assert found == (link, text[:-44], text[-43:])
    assert links.is_genuine(text[:-44], text[-43:], KEY)
    assert links.fingerprint(text) == fingerprint


def test_every_purpose_has_its_vector() -> None:
    assert [purpose for purpose, _, _ in TOKENS] == list(get_args(links.Purpose))


@pytest.mark.parametrize(
    ("person", "stamp"),
    [
        (Person(id=PERSON, role="student", given_name="A", family_name="B"), "c6e4e82df256"),
        (Person(id=PERSON, role="student", given_name="A", family_name="B", email_key="e1"), "3b74695b428f"),
        (Person(id=PERSON, role="teacher", given_name="A", family_name="B", email_key="e1", is_admin=True), "ad2890cce274"),
        (Person(id=PERSON, role="parent", given_name="A", family_name="B", status="left"), "961d22b70559"),
    ],
)
def test_stamps_of_accounts(person: Person, stamp: str) -> None:
    assert person.stamp == stamp


@pytest.mark.parametrize(
    ("email", "address", "stamp"),
    [
        (None, "a@x.example", "70c4e8b3fd66"),
        ("a@x.example", "a@x.example", "daa487a5b3b3"),
        ("a@x.example", "b@x.example", "e1a2934787ca"),
    ],
)
def test_stamps_of_links_that_confirm_an_address(email: str | None, address: str, stamp: str) -> None:
    person = Person(id=PERSON, role="parent", given_name="A", family_name="B", email=email, email_key="of any epoch")
    assert confirmation_stamp(person, address, KEY) == stamp


CODES: list[tuple[codes.Kind, int, int, str]] = [
    ("pin", 1, 1, "P222-23VP-XR32"),
    ("pin", 1, 2, "P222-23WR-Q6XK"),
    ("pin", 2, 1, "P222-24ND-YTFY"),
    ("pin", 12_345, 7, "P232-CRMM-99TT"),
    ("pin", 6_436_342, 1, "PYYY-YY9K-2HFH"),
    ("pin", 101, 1, "P222-7F6F-N8W6"),  # in place of P222-7FVK-WQ82, which spells a word
    ("pin", 3_317, 1, "P229-989X-3THH"),  # the HMAC was taken three times
    ("parent", 1, 1, "F222-23KH-JVCP-7C9Y"),
    ("parent", 1, 2, "F222-234C-WR2Y-6TYF"),
    ("parent", 12_345, 7, "F232-CR6W-RCC6-M8K7"),
    ("parent", 6_436_342, 999, "FYYY-YY33-RRFW-ND9P"),
    ("parent", 12, 1, "F222-2KQ3-PTKX-J7Q8"),  # taken twice
    ("parent", 367, 1, "F222-PYMN-9N63-W6WT"),  # taken three times
    ("read_out", 1, 1, "V222-23NR-4MMX"),
    ("read_out", 2, 1, "V222-24JH-VT8V"),
    ("read_out", 12_345, 7, "V232-CRN6-F4VQ"),
    ("read_out", 6_436_342, 3, "VYYY-YY6H-8R7N"),
]


@pytest.mark.parametrize(("kind", "number", "generation", "text"), CODES)
def test_pins_and_parent_codes(kind: codes.Kind, number: int, generation: int, text: str) -> None:
    assert codes.code(kind, number, generation, KEY) == text
    read = codes.read(text)
    assert read == Code(kind, number, text.replace("-", ""))
    assert codes.generation_of(read, generation, KEY) == generation
    assert codes.generation_of(read, generation + 3, KEY) == generation
    assert codes.generation_of(read, generation + 4, KEY) is None


def test_numbers_that_no_student_is_given() -> None:
    assert [number for number in range(1, 2_600) if not codes.number_is_usable(number)] == [1_655, 1_659, 2_580, 2_594]


def test_the_address_where_a_code_is_used() -> None:
    url = codes.redeem_url("https://latchkey.test", "northbridge", "P222-23VP-XR32")
    assert url == "https://latchkey.test/r/northbridge#P22223VPXR32"


def test_labels_of_keys() -> None:
    assert links.key_label("northbridge") == "latchkey/links/v1/northbridge"
    assert codes.key_label("northbridge") == "latchkey/codes/v1/northbridge"


def test_labels_of_keys_of_a_later_epoch() -> None:
    assert links.key_label("northbridge", 0) == "latchkey/links/v1/northbridge"
    assert links.key_label("northbridge", 1) == "latchkey/links/v1/northbridge/1"
    assert codes.key_label("northbridge", 0) == "latchkey/codes/v1/northbridge"
    assert codes.key_label("northbridge", 1) == "latchkey/codes/v1/northbridge/1"


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("email", "ann.lee@school.example", "8e87d11406d8c66a9a3e24903961ed65"),
        ("username", "ann.lee", "6c1c0ac9a204c51bf0877be2e0f7c7ae"),
        ("address", "203.0.113.9", "e79435ef2bdc2b701314c12a5ecb8af3"),
        ("person", PERSON, "9fc2b203603fb48de7f982095ef6644a"),
    ],
)
def test_look_up_keys(kind: str, value: str, key: str) -> None:
    assert identifiers.lookup(KEY, kind, value) == key


@pytest.mark.parametrize(
    ("typed", "kind", "key"),
    [
        (" Ann.Lee@School.example ", "email", "8e87d11406d8c66a9a3e24903961ed65"),
        (" Ann.Lee ", "username", "6c1c0ac9a204c51bf0877be2e0f7c7ae"),
    ],
)
def test_look_up_keys_of_what_is_typed(typed: str, kind: str, key: str) -> None:
    assert identifiers.typed_lookup(KEY, typed) == (kind, key)


def test_ids_of_people_of_a_roster() -> None:
    assert ids.person_id("northbridge", "MIS-1") == "yrct30sh5yta1rh5kvps"
