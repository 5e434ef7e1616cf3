"""What a school puts on its own website: a link, a text, a QR code and a form, in each language."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
import zxingcpp
from PIL import Image

from latchkey.shared.model.languages import LANGUAGES
from tests.support.console import ORIGIN, Console

PATH = "/admin/northbridge/settings/website"
LINK = f"{ORIGIN}/schools/northbridge"


def shown(console: Console, **query: str) -> str:
    answer = console.page(PATH, **query)
    assert answer.status_code == 200
    return str(answer.body.decode())


def test_the_link_the_text_and_the_form_can_be_taken_along(console: Console) -> None:
    text = shown(console)
    assert f'<a href="{LINK}">{LINK}</a>' in text
    copied = unescape(re.findall(r'<pre class="copied" id="text"[^>]*>(.*?)</pre>', text, re.DOTALL)[0])
    assert copied.splitlines()[1] == LINK
    downloads = dict(re.findall(r'href="data:([a-z/]+);charset=utf-8,([^"]*)" download', text))
    assert unquote(downloads["text/plain"]) == copied
    form = unescape(re.findall(r'<pre class="copied" id="form"[^>]*>(.*?)</pre>', text, re.DOTALL)[0])
    assert unquote(downloads["text/html"]) == form
    assert f'<form method="post" action="{LINK}/forgot-password" lang="en">' in form
    assert 'name="identifier"' in form
    assert "<script" not in form
    assert "style" not in form


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_its_words(console: Console, code: str) -> None:
    text = shown(console, **{"in": code})
    form = unescape(re.findall(r'<pre class="copied" id="form"[^>]*>(.*?)</pre>', text, re.DOTALL)[0])
    assert f'lang="{code}"' in form
    assert ('dir="rtl"' in form) == (code == "ur")
    words = {"en": "Send me a link", "cy": "Anfonwch ddolen ataf", "pl": "Wyślij mi link", "ur": "مجھے لنک بھیجیں"}[code]
    assert f"<button>{words}</button>" in form
    assert f'download="northbridge-text-{code}.txt"' in text


def test_the_schools_language_is_first_and_nonsense_is_not_asked(console: Console) -> None:
    console.post("/admin/northbridge/settings", {"language": "pl"}, "put")
    assert "Wyślij mi link" in shown(console)
    assert "Wyślij mi link" in shown(console, **{"in": "<b>"})
    assert console.page("/admin/northbridge/settings/mails", x="1").status_code == 422


def test_a_camera_reads_the_code(console: Console) -> None:
    import base64
    import io

    data = re.findall(r'href="data:image/png;base64,([^"]*)" download="northbridge-qr.png"', shown(console))[0]
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert [each.text for each in zxingcpp.read_barcodes(picture)] == [LINK]
    assert 'download="northbridge-qr.svg"' in shown(console)


def test_the_page_is_light(console: Console) -> None:
    assert len(console.page(PATH).body) < 60_000


def test_a_page_says_whether_its_notice_is_read(console: Console) -> None:
    def said(**values: str) -> str:
        console.post("/admin/northbridge/settings", {"notice": "Closed", **values}, "put")
        return str(console.page("/admin/northbridge/settings/page").body.decode())

    assert "Everybody can read it now, until you empty the field and save." in said(notice_starts_at="", notice_ends_at="")
    assert "Nobody sees it yet: it appears on 1 January 2099, 08:00." in said(notice_starts_at="2099-01-01T08:00")
    assert "Everybody can read it now. It goes by itself on 1 July 2098, 18:30." in said(
        notice_starts_at="", notice_ends_at="2098-07-01T18:30"
    )
    assert "It is over: it went on 2 January 2020, 08:00." in said(notice_ends_at="2020-01-02T08:00")
