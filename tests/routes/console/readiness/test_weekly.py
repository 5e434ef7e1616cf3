"""An admin chooses the weekly mail for themselves, and for nobody else."""

from dataclasses import replace

from tests.support.console import HEAD_TEACHER, Console
from tests.support.openapi import check

WEEKLY = "/admin/northbridge/readiness/weekly"
DEPUTY = replace(HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example")


def test_it_begins_and_ends_for_who_asks_alone(console: Console) -> None:
    console.add([DEPUTY])
    answer = console.get(WEEKLY)
    check("get", WEEKLY, answer)
    assert answer.json_body == {"wanted": False}
    begun = console.post(WEEKLY, {"wanted": True})
    check("post", WEEKLY, begun)
    assert begun.json_body == {"wanted": True}
    assert console.get(WEEKLY).json_body == {"wanted": True}
    console.token = console.sign_in(DEPUTY)
    assert console.get(WEEKLY).json_body == {"wanted": False}
    console.token = console.sign_in(HEAD_TEACHER)
    assert "You get it." in console.page(WEEKLY).body.decode()
    answer = console.form(WEEKLY, {"wanted": "false"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{WEEKLY}?saved=1")
    assert "you get no weekly mail" in console.page(WEEKLY, saved="1").body.decode()
    assert console.get(WEEKLY).json_body == {"wanted": False}


def test_what_is_no_choice_is_refused(console: Console) -> None:
    assert console.post(WEEKLY, {"wanted": "perhaps"}).status_code == 422
    assert console.post(WEEKLY, {"wanted": True, "person": DEPUTY.id}).status_code == 422
    assert console.get(WEEKLY).json_body == {"wanted": False}
