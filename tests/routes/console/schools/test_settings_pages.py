"""The short pages of settings: each its own form, which says what was saved, and what is wrong with which field."""

import pytest

from tests.support.console import Console
from tests.support.openapi import check

SETTINGS = "/admin/northbridge/settings"
FORMS = {
    "page": {
        "notice": "Snow\r\nday", "notice_starts_at": "2026-11-27T07:00", "notice_ends_at": "2026-11-27T18:00",
        "help_line": "Ring 01632 960000", "office_hours": "8 to 4", "logo_png": "", "colour": "#123456",
    },
    "website": {"form_origins": "www.northbridge.example/contact\r\nhttps://northbridge.example"},
    "mails": {"language": "ur", "reply_to": "office@northbridge.example", "names": "legal"},
    "links": {
        "welcome_life": "10", "welcome_life.unit": "days", "reset_life": "48", "reset_life.unit": "hours",
        "forgot_life": "90", "forgot_life.unit": "minutes", "code_life": "30", "code_life.unit": "days",
        "student_email": "none", "afterwards": "signed_in",
    },
    "families": {"family.parent_code": "on", "family.parent_code_from": "Year 9"},
    "sign-in": {
        "sso.roles.staff": "on", "sso.provider": "Microsoft", "sso.label": "Sign in with Microsoft", "sso.help": "",
        "sso.url": "https://login.northbridge.example/", "second_factor": "optional", "phones.roles.student": "on",
        "phones.alone": "off", "address_ranges": "203.0.113.0/24",
    },
    "files": {"laestab": "801/1250", "words.names": "ours", "student_domains": "a.example", "staff_domains": ""},
}  # fmt: skip
SAVED = {
    "page": "help_line.office_hours.notice.notice_starts_at.notice_ends_at.colour",
    "website": "form_origins",
    "mails": "names.reply_to.language",
    "links": "welcome_life.reset_life.forgot_life.code_life.student_email.afterwards",
    "families": "family",
    "sign-in": "sso.second_factor.phones.address_ranges",
    "files": "laestab.student_domains.words",
}


@pytest.mark.parametrize("page", FORMS)
def test_a_page_saves_its_own_settings_and_says_which(console: Console, page: str) -> None:
    before = console.get(SETTINGS).json_body
    answer = console.form(f"{SETTINGS}/{page}", FORMS[page])
    assert answer.status_code == 303
    there, _, saved = answer.headers["Location"].partition("?saved=")
    assert (there, set(saved.split("."))) == (f"{SETTINGS}/{page}", set(SAVED[page].split(".")))
    after = console.get(SETTINGS).json_body
    changed = {name for name in after if after[name] != before[name]}
    assert changed == set(SAVED[page].split("."))
    shown = console.page(there, saved=saved)
    assert "Saved: " in shown.body.decode()
    again = console.form(f"{SETTINGS}/{page}", FORMS[page])
    assert again.headers["Location"].endswith("?saved=")
    assert "Nothing was different" in console.page(there, saved="").body.decode()


def test_every_page_answers_json_that_the_contract_knows(console: Console) -> None:
    whole = console.get(SETTINGS).json_body
    seen = set()
    for page in (*FORMS, "approval"):
        answer = console.get(f"{SETTINGS}/{page}")
        check("get", f"{SETTINGS}/{page}", answer)
        assert all(whole[name] == value for name, value in answer.json_body.items())
        seen |= set(answer.json_body)
        put_back = console.post(f"{SETTINGS}/{page}", answer.json_body)
        assert (put_back.status_code, put_back.json_body) in ((200, answer.json_body), (422, put_back.json_body))
    assert seen == set(whole), "each setting stands on one page"


def test_mistakes_come_all_at_once_and_what_was_typed_stays(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    wrong = {"welcome_life": "31", "forgot_life": "0", "code_life": "x"}
    answer = console.form(f"{SETTINGS}/links", {**FORMS["links"], **wrong})
    text = answer.body.decode()
    assert answer.status_code == 422
    for name, typed in wrong.items():
        assert f'<a href="#{name}">' in text
        assert f'id="{name}-error"' in text
        assert f'value="{typed}"' in text
    assert '<option value="signed_in" selected>' in text
    assert console.get(SETTINGS).json_body == before


def test_a_page_takes_no_setting_of_another_page(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    assert console.form(f"{SETTINGS}/mails", {**FORMS["mails"], "notice": "x"}).status_code == 422
    assert console.post(f"{SETTINGS}/mails", {"second_factor": "optional"}).status_code == 422
    assert console.get(SETTINGS).json_body == before
    # a box of another page is not there, so it is not unticked either
    assert console.form(f"{SETTINGS}/approval", {"approval.above": "", "sso.roles.student": "on"}).status_code == 303
    assert console.get(SETTINGS).json_body == before


@pytest.mark.parametrize("page", ["nothing", "waiting", "Page"])
def test_there_is_no_other_page(console: Console, page: str) -> None:
    assert console.get(f"{SETTINGS}/{page}").status_code == 404
    assert console.form(f"{SETTINGS}/{page}", {}).status_code == 404


def test_what_was_saved_is_never_what_somebody_wrote_into_an_address(console: Console) -> None:
    text = console.page(f"{SETTINGS}/page", saved="notice.<b>.x").body.decode()
    assert "Saved: Notice on your school’s page." in text
    assert "<b>" not in text


def test_the_usual_colour_is_no_choice_and_another_can_be_given_up(console: Console) -> None:
    form = {**FORMS["page"], "colour": "#ffff00"}
    assert console.form(f"{SETTINGS}/page", form).status_code == 303
    text = console.page(f"{SETTINGS}/page").body.decode()
    assert 'type="color" value="#ffff00"' in text
    assert "Contrast to white 1 to 1: too light" in text
    assert console.form(f"{SETTINGS}/page", {**form, "colour_none": "on"}).status_code == 303
    assert console.get(SETTINGS).json_body["colour"] == ""
    assert "it can be read" in console.page(f"{SETTINGS}/page").body.decode()
    assert console.form(f"{SETTINGS}/page", {**form, "colour": "red"}).status_code == 422


def test_the_list_says_what_each_page_holds(console: Console) -> None:
    for page, form in FORMS.items():
        console.form(f"{SETTINGS}/{page}", form)
    text = console.page(SETTINGS).body.decode()
    for words in ("Snow day", "اردو", "office@northbridge.example", "90 minutes", "the legal name", "yes, from year 9 on",
                  "staff, with Microsoft", "each admin chooses", "801/125", "never needed", "any domain"):  # fmt: skip
        assert words in text, words


def test_a_preview_shows_what_is_typed_and_saves_nothing(console: Console) -> None:
    before = console.get(SETTINGS).json_body
    typed = {**FORMS["page"], "notice": "Closed <b>on</b> Monday", "show": "page"}
    answer = console.form(f"{SETTINGS}/page/preview", typed)
    text = answer.body.decode()
    assert answer.status_code == 200
    assert "Closed &lt;b&gt;on&lt;/b&gt; Monday" in text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "script" not in policy
    assert "allow-scripts" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    mail = console.form(f"{SETTINGS}/mails/preview", {**FORMS["mails"], "show": "reset"}).body.decode()
    assert 'lang="ur"' in mail
    for page, form in FORMS.items():
        if page in {"page", "mails", "links", "sign-in"}:
            assert console.form(f"{SETTINGS}/{page}/preview", form).status_code == 200
            assert console.page(f"{SETTINGS}/{page}/preview").status_code == 200
        else:
            assert console.form(f"{SETTINGS}/{page}/preview", form).status_code == 404
    assert console.get(SETTINGS).json_body == before
    assert not [each for each in console.get("/admin/northbridge/audit").json_body["items"] if "settings" in each["action"]]


def test_a_preview_of_what_cannot_be_used_says_why(console: Console) -> None:
    answer = console.form(f"{SETTINGS}/links/preview", {**FORMS["links"], "welcome_life": "400", "code_life": "x"})
    text = answer.body.decode()
    assert answer.status_code == 200
    assert text.count("<li>") == 2
    assert "First password links that you send" in text


def test_a_link_lives_in_the_mail_as_long_as_was_typed(console: Console) -> None:
    text = console.form(f"{SETTINGS}/links/preview", {**FORMS["links"], "show": "welcome"}).body.decode()
    assert "10 days" in text


def test_a_page_with_a_preview_may_show_it_in_a_frame_also_when_it_was_refused(console: Console) -> None:
    shown = console.page(f"{SETTINGS}/links")
    refused = console.form(f"{SETTINGS}/links", {**FORMS["links"], "welcome_life": "x"})
    for answer in (shown, refused):
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
        assert 'name="preview-frame"' in answer.body.decode()
    assert "frame-src" not in console.page(f"{SETTINGS}/files").headers["Content-Security-Policy"]


def test_paper_is_shown_in_the_schools_language_colour_and_with_a_code_that_is_none(console: Console) -> None:
    slip = console.form(f"{SETTINGS}/page/preview", {**FORMS["page"], "show": "slip"}).body.decode()
    assert "#123456" in slip
    assert "PEXA-MPLE-0000" in slip
    assert "Ring 01632 960000" in slip
    light = console.form(f"{SETTINGS}/page/preview", {**FORMS["page"], "colour": "#ffff00", "show": "letter"}).body.decode()
    assert "#ffff00" not in light, "it is printed darker"
    urdu = console.form(f"{SETTINGS}/mails/preview", {**FORMS["mails"], "show": "letter"}).body.decode()
    assert '<html lang="ur" dir="rtl">' in urdu
    short = console.form(f"{SETTINGS}/links/preview", {**FORMS["links"], "code_life": "1", "show": "slip"}).body.decode()
    assert short != console.form(f"{SETTINGS}/links/preview", {**FORMS["links"], "show": "slip"}).body.decode()
