"""What a home screen takes: a manifest, icons as bytes, and a service worker that can keep nothing of anybody."""

import json
import re
import struct
from typing import Any

import pytest

from tests.support.portal import Portal
from web.assets import FOLDER


def manifest(portal: Portal, path: str) -> dict[str, Any]:
    answer = portal.http.get(path, headers={"Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/manifest+json"
    found: dict[str, Any] = json.loads(answer.body)
    return found


def test_a_manifest_has_what_a_home_screen_wants(portal: Portal) -> None:
    found = manifest(portal, "/manifest.webmanifest")
    assert (found["name"], found["start_url"], found["scope"], found["display"]) == ("Latchkey", "/account", "/", "standalone")
    sizes = {icon["sizes"] for icon in found["icons"]}
    assert {"any", "192x192", "512x512"} <= sizes
    assert any("maskable" in icon["purpose"] for icon in found["icons"])
    for icon in found["icons"]:
        answer = portal.http.get(icon["src"], headers={"Accept": icon["type"]})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, icon["type"])


@pytest.mark.parametrize(
    ("name", "label"),
    [("Northbridge Academy", "Northbridge"), ("St Mary's CE Primary", "St Mary's CE"), ("Llanfairpwllgwyngyll", "Llanfairpwll")],
)
def test_a_schools_icon_leads_to_its_own_sign_in(portal: Portal, name: str, label: str) -> None:
    portal.system.school("some-school", name=name)
    found = manifest(portal, "/schools/some-school/manifest.webmanifest")
    assert (found["name"], found["short_name"]) == (name, label)
    assert portal.page(found["start_url"]).headers["Location"] == "/schools/some-school/sessions"
    assert found["id"] != manifest(portal, "/manifest.webmanifest")["id"]
    assert 'href="/schools/some-school/manifest.webmanifest"' in portal.page("/schools/some-school").body.decode()
    assert portal.get("/schools/no-such-school/manifest.webmanifest").status_code == 404


@pytest.mark.parametrize("size", [180, 192, 512])
def test_icons_are_pngs_of_their_size_and_bytes(portal: Portal, size: int) -> None:
    name = f"app-{size}.png"
    answer = portal.http.get(f"/pictures/{name}", headers={"Accept": "image/png"})
    assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", answer.body[16:24]) == (size, size)
    assert answer.body == (FOLDER / name).read_bytes()
    assert portal.get(f"/assets/{name}").status_code == 404, "its bytes would come out as text there"
    for other in ("latchkey.css", "..%2Fassets.py", "app-1.png"):
        assert portal.get(f"/pictures/{other}").status_code == 404


def test_every_page_names_the_icon_the_manifest_and_its_colour(portal: Portal) -> None:
    page = portal.page("/schools/northbridge").body.decode()
    touch = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    assert touch is not None
    answer = portal.http.get(touch[1], headers={"Accept": "image/png"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert '<meta name="theme-color" content="#1b4d5c">' in page


def test_the_worker_is_registered_once_somebody_is_signed_in(portal: Portal) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    assert "/assets/install.js" in portal.page("/account", Cookie=f"__Host-latchkey={token}").body.decode()
    assert "/assets/install.js" not in portal.page("/set-password").body.decode()


def test_the_worker_keeps_one_page_and_its_files_and_says_so_by_its_text(portal: Portal) -> None:
    answer = portal.get("/service-worker.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache", "a release is seen at once"
    text = answer.body.decode()
    kept = json.loads(re.search(r"KEPT = (\[.*?\]);", text)[1])  # type: ignore[index]
    assert kept[0] == "/offline"
    assert all(re.fullmatch(r"/assets/[a-z.-]+\?v=[0-9a-f]{12}", each) for each in kept[1:])
    assert all(portal.get(each).status_code == 200 for each in kept[1:])
    assert text.count("cache.put") == 1, "at install only"
    assert "cache.add" not in text


def test_the_offline_page_is_of_no_school_and_needs_nothing_but_what_is_kept(portal: Portal) -> None:
    answer = portal.page("/offline")
    page = answer.body.decode()
    kept = json.loads(re.search(r"KEPT = (\[.*?\]);", portal.get("/service-worker.js").body.decode())[1])  # type: ignore[index]
    assert set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)) <= set(kept)
    for said in ("You are offline", "all-lein", "Brak połączenia", "آف لائن"):
        assert said in page
    assert "s-maxage=60" in answer.headers["Cache-Control"]


def test_the_policy_lets_manifest_and_worker_in_and_nothing_else(portal: Portal) -> None:
    said = portal.page("/schools/northbridge").headers["Content-Security-Policy"]
    assert "default-src 'none'" in said
    assert "manifest-src 'self'; worker-src 'self'" in said
