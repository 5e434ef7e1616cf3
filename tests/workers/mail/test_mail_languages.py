"""Mails on their whole road in the language of their readers, with the school's logo inside."""

import struct
import zlib
from base64 import b64encode

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.change_settings import change_settings
from tests.support.mail_road import MailRoad

URDU, POLISH, WELSH, ENGLISH = "اپنا پاس ورڈ", "Ustaw swoje hasło", "Gosodwch eich cyfrinair", "Set your password"


def png() -> bytes:
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0\0")),
        (b"IEND", b""),
    )
    body = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def choose(road: MailRoad, **values: object) -> None:
    console = road.system.wiring("console")
    school = console.schools.get("northbridge")
    assert school is not None
    change_settings(console, school, Person(id="a" * 20, role="staff", given_name="A", family_name="B"), values)


def subject(road: MailRoad, address: str) -> str:
    (mail,) = road.ses.to(address)
    return mail.subject


def test_each_gets_their_own_language_and_everybody_else_the_schools(road: MailRoad) -> None:
    choose(road, language="cy")
    road.person(1, language="ur")
    road.person(2, language="pl")
    road.person(3, language="en")
    road.person(4)
    send = road.start()
    assert road.plan() == []
    assert road.deliver() == []
    for number, said in enumerate((URDU, POLISH, ENGLISH, WELSH), 1):
        assert said in subject(road, f"p{number}@x.example")
    assert road.send(send).chunks == 4
    assert road.send(send).counts["sent"] == 4
    (urdu,) = road.ses.to("p1@x.example")
    assert 'lang="ur" dir="rtl"' in urdu.html
    assert "\u2068G0001 Lee\u2069" in urdu.text
    assert len(urdu.links) == 1


def test_people_who_share_an_address_and_no_language_get_the_schools(road: MailRoad) -> None:
    choose(road, language="cy")
    for number, language in ((1, "ur"), (2, "pl"), (3, "pl"), (4, "pl"), (5, "ur"), (6, None)):
        road.person(number, language=language, email=f"home{(number + 1) // 2}@x.example")
    road.start()
    assert road.plan() == []
    assert road.deliver() == []
    assert WELSH in subject(road, "home1@x.example")
    assert POLISH in subject(road, "home2@x.example")
    assert WELSH in subject(road, "home3@x.example")


def test_a_forgotten_password_is_answered_in_the_persons_language(road: MailRoad) -> None:
    road.person(1, language="pl", password_set_at=1)
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    assert road.deliver() == []
    assert "Prośba o nowe hasło" in subject(road, "p1@x.example")


@pytest.mark.parametrize("language", ["xx", "", "EN"])
def test_a_person_whose_language_is_unknown_gets_english(road: MailRoad, language: str) -> None:
    road.person(1, language=language)
    road.start()
    assert road.plan() == []
    assert road.deliver() == []
    assert ENGLISH in subject(road, "p1@x.example")


def test_the_language_is_frozen_with_the_plan(road: MailRoad) -> None:
    road.person(1)
    road.start()
    assert road.plan() == []
    choose(road, language="pl")
    road.system.clock.now += 120
    assert road.deliver() == []
    assert ENGLISH in subject(road, "p1@x.example")


def test_the_schools_logo_stands_inside_the_mail(road: MailRoad) -> None:
    choose(road, logo_png=b64encode(png()).decode())
    road.person(1)
    road.start()
    assert road.plan() == []
    assert road.deliver() == []
    (mail,) = road.ses.to("p1@x.example")
    (inside,) = mail.attachments
    assert inside == {
        "FileName": "logo.png",
        "ContentType": "image/png",
        "ContentDisposition": "INLINE",
        "ContentId": "logo",
        "ContentTransferEncoding": "BASE64",
        "RawContent": png(),
    }
    assert '<img src="cid:logo" width="2" height="1" alt="">' in mail.html


def test_a_logo_that_was_removed_is_gone(road: MailRoad) -> None:
    choose(road, logo_png=b64encode(png()).decode())
    choose(road, logo_png="")
    road.person(1)
    road.start()
    assert road.plan() == []
    assert road.deliver() == []
    (mail,) = road.ses.to("p1@x.example")
    assert mail.attachments == ()
    assert "cid:" not in mail.html
    assert road.system.wiring("console").logos("northbridge").get() is None
