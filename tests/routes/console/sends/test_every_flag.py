"""A field that is true or false is looked at, whatever the others say."""

from tests.support.console import HEAD_TEACHER, Console, make_person

SENDS = "/admin/northbridge/sends"
BOTH = {"dry_run": "on", "confirm": "AAA"}


def test_a_form_whose_confirmation_cannot_be_read_is_refused(console: Console) -> None:
    console.add([make_person(1)])
    send = console.post(SENDS, {"kind": "password_link", "select": {"filter": {}}}).json_body["id"]
    whom = {"kind": "password_link", "to": "filter"}
    forms = {SENDS: whom, f"{SENDS}/{send}/cancel": {}, f"{SENDS}/{send}/again": {}}
    forms["/admin/northbridge/codes/void"] = {"kind": "both", "scope": "school"}
    forms["/admin/northbridge/exports"] = {"format": "slips", "scope": "school"}
    for path, fields in forms.items():
        assert console.form(path, fields | BOTH).status_code == 422, path
    assert console.get(f"{SENDS}/{send}").json_body["state"] == "queued"


def test_whose_preview_is_shown_again_after_a_test_mail_is_a_text(console: Console) -> None:
    test = f"{SENDS}/test"
    assert console.post(test, {"mail": "reset", "person": 0}).json_body["fields"] == {"person": "This must be a text."}
    for person in (None, "", HEAD_TEACHER.id, "nobody"):
        assert console.post(test, {"mail": "reset", "person": person}).status_code == 202
