"""The settings of a school, by API and by form."""

import struct
import zlib
from base64 import b64encode

import pytest

from tests.support.console import HEAD_TEACHER, Console

SETTINGS = "/admin/northbridge/settings"
FORM = {
    "welcome_life": "10", "welcome_life.unit": "days", "reset_life": "48", "reset_life.unit": "hours",
    "forgot_life": "90", "forgot_life.unit": "minutes", "code_life": "30", "code_life.unit": "days",
    "student_email": "none", "names": "legal", "afterwards": "signed_in", "reply_to": "office@northbridge.example",
    "help_line": "Ring 01632 960000", "notice": "Snow\r\nday", "laestab": "801/1250",
    "words.names": "ours", "family.parent_code": "on", "family.parent_code_from": "Year 9", "second_factor": "optional",
    "phones.roles.student": "on", "phones.roles.parent": "on", "phones.alone": "off",
    "sso.roles.staff": "on", "sso.roles.student": "on", "sso.provider": "Microsoft", "sso.label": "Sign in with Microsoft",
    "sso.url": "https://login.northbridge.example/", "sso.help": "",
}  # fmt: skip


def test_an_api_client_changes_what_it_names(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    answer = console.post(SETTINGS, {"notice": "Closed", "sso": {"roles": ["staff"]}}, "put")
    assert answer.status_code == 200
    assert answer.json_body == {**before, "notice": "Closed", "sso": {**before["sso"], "roles": ["staff"]}}
    assert console.get(SETTINGS).json_body == answer.json_body


def test_what_was_got_can_be_put_back(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    assert console.post(SETTINGS, before, "put").json_body == before
    assert console.get("/admin/northbridge/audit").json_body["items"] == []


def test_a_form_changes_everything_and_shows_it_again(console: Console) -> None:
    answer = console.form(SETTINGS, FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, SETTINGS + "?saved=1")
    found = console.get(SETTINGS).json_body
    assert found == {
        "welcome_life": 864_000,
        "reset_life": 172_800,
        "forgot_life": 5_400,
        "code_life": 2_592_000,
        "student_email": "none",
        "names": "legal",
        "afterwards": "signed_in",
        "reply_to": "office@northbridge.example",
        "language": "en",
        "logo": "",
        "colour": "",
        "laestab": "8011250",
        "student_domains": "",
        "staff_domains": "",
        "address_ranges": [],
        "approval": {"above": None, "staff": False},
        "words": {"names": "ours", "email": "ask", "username": "ask", "groups": "mis", "language": "ask"},
        "family": {"parent_code": True, "parent_code_from": "9", "invitations": False, "pins": False, "pins_unconfirmed": False},
        "help_line": "Ring 01632 960000",
        "notice": "Snow\nday",
        "notice_starts_at": "",
        "notice_ends_at": "",
        "office_hours": "",
        "form_origins": [],
        "sso": {
            "roles": ["student", "staff"],
            "provider": "Microsoft",
            "label": "Sign in with Microsoft",
            "url": "https://login.northbridge.example/",
            "help": "",
            "connections": [],
            "admins": "may",
            "local_admins": [],
        },
        "second_factor": "optional",
        "phones": {"roles": ["student", "parent"], "alone": False},
    }
    text = console.page(SETTINGS, saved="1").body.decode()
    assert "Your settings were saved." in text
    assert "Links that people ask for themselves" in text
    assert "90 minutes" in text
    without = {name: value for name, value in FORM.items() if not name.startswith("sso.roles")} | {"reply_to": ""}
    assert console.form(SETTINGS, without).status_code == 303
    found = console.get(SETTINGS).json_body
    assert (found["sso"]["roles"], found["reply_to"]) == ([], None)


def test_a_form_of_all_with_mistakes_changes_nothing_and_leads_to_the_pages_of_its_fields(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    wrong = {"welcome_life": ("31", "links"), "reply_to": ("no address", "mails"), "sso.url": ("http://x.example", "sign-in")}
    answer = console.form(SETTINGS, {**FORM, **{name: typed for name, (typed, _) in wrong.items()}})
    text = answer.body.decode()
    assert answer.status_code == 422
    for name, (_, page) in wrong.items():
        assert f'<a href="{SETTINGS}/{page}#{name}">' in text
    assert console.get(SETTINGS).json_body == before


def test_whose_word_counts_is_chosen_by_group(console: Console) -> None:
    before = console.get(SETTINGS).json_body["words"]
    assert before == {"names": "ask", "email": "ask", "username": "ask", "groups": "mis", "language": "ask"}
    answer = console.post(SETTINGS, {"words": {"email": "mis"}}, "put")
    assert (answer.status_code, answer.json_body["words"]) == (200, before | {"email": "mis"})
    (event,) = console.get("/admin/northbridge/audit").json_body["items"]
    assert event["facts"] == {"fields": "words", "words.email.was": "ask", "words.email.now": "mis"}
    for wrong in ({"email": "theirs"}, {"email": None}, {"email": ["mis"]}, {"upn": "mis"}, "mis", None):
        assert console.post(SETTINGS, {"words": wrong}, "put").status_code == 422, wrong
    text = console.page(f"{SETTINGS}/files").body.decode()
    assert '<select id="words.email" name="words.email">' in text
    assert '<option value="mis" selected>take what the file says</option>' in text.partition('id="words.email"')[2][:400]
    refused = console.form(f"{SETTINGS}/files", {"words.groups": "x"})
    assert refused.status_code == 422
    assert 'id="words.groups-error"' in refused.body.decode()
    assert console.get(SETTINGS).json_body["words"] == before | {"email": "mis"}


def test_a_life_is_a_plain_number(console: Console) -> None:
    for count in ("", "x", "1.5", "-1", "١", "1e3", "9999999", "1_0"):
        assert console.form(SETTINGS, {**FORM, "forgot_life": count}).status_code == 422, count


@pytest.mark.parametrize(
    "body",
    [{"slug": "southgate"}, {"welcome_life": 31 * 86_400}, {"sso": {"url": "https://good@evil.example"}}, {"is_admin": True}],
)
def test_what_is_unknown_or_out_of_bounds_is_refused(console: Console, body: dict[str, object]) -> None:
    before = console.get(SETTINGS).json_body
    assert console.post(SETTINGS, {"notice": "x", **body}, "put").status_code == 422
    assert console.get(SETTINGS).json_body == before


def test_changes_stand_in_the_audit_trail_as_they_were_and_are(console: Console) -> None:
    console.post(SETTINGS, {"notice": "Closed today", "code_life": 86_400}, "put")
    (event,) = console.get("/admin/northbridge/audit").json_body["items"]
    assert (event["action"], event["actor"], event["facts"]) == (
        "settings.change",
        HEAD_TEACHER.id,
        {
            "fields": "code_life, notice",
            "code_life.was": "90 days",
            "code_life.now": "1 day",
            "notice.was": "",
            "notice.now": "Closed today",
        },
    )


def test_settings_leave_the_schools_counters_alone(console: Console) -> None:
    numbers = console.system.wiring("read_roster").numbers("northbridge")
    assert numbers.reserve(5) == [1, 2, 3, 4, 5]
    console.form(SETTINGS, FORM)
    assert numbers.reserve(1) == [6]


def test_a_neighbour_is_not_touched(console: Console) -> None:
    console.form(SETTINGS, FORM)
    console.token = console.sign_in(HEAD_TEACHER, "southgate")
    assert console.get("/admin/southgate/settings").json_body["notice"] == ""


def logo(width: int = 3) -> str:
    rows = b"".join(b"\0" + bytes(width) for _ in range(2))
    head = struct.pack(">IIBBBBB", width, 2, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
    return b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(body)).decode()


def test_a_form_chooses_a_logo_and_removes_it_again(console: Console) -> None:
    page = f"{SETTINGS}/page"
    kept = {"notice": "", "help_line": "", "colour": "#1f4e6b"}
    answer = console.form(page, {**kept, "logo_png": logo()})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}?saved=logo")
    found = console.get(SETTINGS).json_body
    assert (len(found["logo"]), found["colour"]) == (16, "")
    assert "logo_png" not in found
    assert f'src="data:image/png;base64,{logo()}"' in console.page(page).body.decode()
    assert console.form(page, {**kept, "logo_png": ""}).headers["Location"] == f"{page}?saved="
    assert console.get(SETTINGS).json_body["logo"] == found["logo"]  # no other file was chosen
    assert console.form(page, {**kept, "logo_remove": "on", "logo_png": ""}).status_code == 303
    assert console.get(SETTINGS).json_body["logo"] == ""
    assert "data:image/png" not in console.page(page).body.decode()


def test_a_logo_that_is_none_changes_nothing_and_is_named(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    for wrong in (b64encode(b"<svg onload=alert(1)>").decode(), logo(301), "%%%", "A" * 60_000):
        answer = console.form(SETTINGS, {**FORM, "logo_png": wrong})
        assert answer.status_code == 422
        assert f'<a href="{SETTINGS}/page#logo_png">' in answer.body.decode()
    for body in ({"logo_png": 7}, {"logo": "0" * 16}, {"language": "tlh"}, {"language": None}):
        assert console.post(SETTINGS, body, "put").status_code == 422
    assert console.get(SETTINGS).json_body == before


def test_a_neighbours_logo_is_not_shown(console: Console) -> None:
    console.form(SETTINGS, {**FORM, "logo_png": logo()})
    console.token = console.sign_in(HEAD_TEACHER, "southgate")
    assert console.get("/admin/southgate/settings").json_body["logo"] == ""
