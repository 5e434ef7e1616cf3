"""Which route an address belongs to, whatever stands in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.routes import NOWHERE, Found, Routes

ROUTES = Routes(
    ["/", "/set-password", "/r/{school}", "/schools/{school}", "/admin/{school}/sends/{id}", "/admin/{school}/sends/preview"],
    ["/set-password", "/r/{school}"],
)
TOKEN = "1.w.northbridge.abcdefghjkmnpqrstvwx.6a0b1c2d.1.0123456789ab." + "Ab_-" * 10 + "Abc"


def test_a_literal_comes_before_a_place() -> None:
    assert ROUTES.find("/admin/a-b/sends/preview").route == "/admin/{school}/sends/preview"
    assert ROUTES.find("/admin/a-b/sends/previews") == Found("/admin/{school}/sends/{id}", {"school": "a-b", "id": "previews"})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/schools/northbridge", "northbridge"),
        ("/schools/northbridge/", "northbridge"),
        ("/schools/Northbridge", "northbridge"),
        ("/Schools/NORTHBRIDGE", "northbridge"),
        ("/schools/north%62ridge", "northbridge"),
        ("/schools/north%2Dbridge", "north-bridge"),
        ("/schools/a~b.c_d", "a~b.c_d"),
        ("/schools/..", ".."),
        ("/schools/%2e%2E", ".."),
        ("/schools/" + "x" * 128, "x" * 128),
    ],
)
def test_a_place_is_what_stands_there_decoded_once(path: str, value: str) -> None:
    assert ROUTES.find(path) == Found("/schools/{school}", {"school": value})


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "//",
        "/schools//",
        "/schools/northbridge//",
        "/schools/north%2Fbridge",
        "/schools/north/bridge",
        "/schools/northbridge%00",
        "/schools/northbridge%0A",
        "/schools/northbridge%2500",
        "/schools/north%2562ridge",
        "/schools/northbridge%23P234",
        "/schools/%ED%A0%80",
        "/schools/%FF",
        "/schools/nörthbridge",
        "/schools/n%C3%B6rthbridge",
        "/schools/north bridge",
        "/schools/north+bridge",
        "/schools/%",
        "/schools/" + "x" * 129,
        "/" + "a/" * 5_000,
        "/{proxy+}",
        "/schools/{school}",
        "/admin/northbridge/sends/a%23b",
    ],
)
def test_what_is_no_address_of_ours_is_always_the_same(path: str) -> None:
    assert ROUTES.find(path) == Found(NOWHERE)


@given(st.text())
def test_no_path_breaks_it(path: str) -> None:
    found = ROUTES.find(path)
    assert all(re.fullmatch("[A-Za-z0-9._~-]+", value) for value in found.values.values())
    assert found.moved_to is None or re.fullmatch("[!-~]+", found.moved_to)


@pytest.mark.parametrize("hash_", ["#", "%23", "%2523", "%252523"])
def test_a_fragment_that_became_a_part_of_the_path_is_put_right(hash_: str) -> None:
    assert ROUTES.find(f"/set-password{hash_}{TOKEN}").moved_to == f"/set-password#{TOKEN}"
    assert ROUTES.find(f"/set-password/{hash_}{TOKEN}").moved_to == f"/set-password#{TOKEN}"
    assert ROUTES.find(f"/r/Northbridge{hash_}P2346789CDFH").moved_to == "/r/northbridge#P2346789CDFH"
    assert ROUTES.find(f"/set-password{hash_}{TOKEN}%3Cbr%3E").moved_to == f"/set-password#{TOKEN}%3Cbr%3E"
    assert ROUTES.find(f"/set-password{hash_}").moved_to == "/set-password"
