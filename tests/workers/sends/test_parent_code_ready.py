"""A send to students that says where the code for their parents stands: no link, no code, students only."""

from dataclasses import replace

import pytest

from latchkey.errors import Conflict
from latchkey.mail.messages.template import template
from latchkey.people.model.person import Person
from latchkey.schools.model.school import FamilyRule, School, Settings, SingleSignOn
from latchkey.sends.model.drift import is_decided_anew
from latchkey.sends.model.planning import chunks_of, dry_run, each_alone
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_actions import possible, to_revoke
from latchkey.sends.model.send_names import file_part, titled
from latchkey.sends.repeat_send import _check
from tests.support.exports import student

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
SEND = Send(id="s" * 20, kind="parent_code_ready", state="queued", origin="admin", created_at=1, created_by="a")
NOW = 1_800_000_000


def mailed(index: int, **facts: object) -> Person:
    return replace(student(index), **{"email": f"s{index}@home.example", "email_key": f"k{index}", **facts})  # type: ignore[arg-type]


GROUP = [
    mailed(1),
    mailed(2, password_set_at=5),
    mailed(3, year_group="3"),
    mailed(4, role="parent", number=None),
    mailed(5, number=None),
    mailed(6, status="left"),
    student(7),
    mailed(8, email="s1@home.example"),
]
OLDER = replace(SCHOOL, settings=Settings(family=FamilyRule(parent_code_from="7")))


def test_only_students_who_see_the_code_are_told() -> None:
    found = dry_run(each_alone(GROUP), OLDER, kind="parent_code_ready")
    assert (found.to_send, found.mails) == (3, 2)
    assert found.skipped == {"code_hidden": 2, "not_a_student": 1, "left": 1, "no_address": 1}
    hidden = replace(SCHOOL, settings=Settings(family=FamilyRule(parent_code=False)))
    assert dry_run(each_alone(GROUP), hidden, kind="parent_code_ready").to_send == 0
    sso = replace(SCHOOL, settings=Settings(sso=SingleSignOn(roles=("parent",))))
    assert dry_run(each_alone([GROUP[0]]), sso, kind="parent_code_ready").skipped == {"code_hidden": 1}


def test_the_mails_are_of_one_kind_and_looked_at_again_before_they_go() -> None:
    chunks = list(chunks_of(SEND, GROUP, OLDER, NOW))
    assert {chunk.mail for chunk in chunks} == {"parent_code_ready"}
    planned = [chunk for chunk in chunks if chunk.state == "planned"]
    assert sum(len(mail.accounts) for chunk in planned for mail in chunk.mails) == 3
    assert all(is_decided_anew(chunk) for chunk in planned)
    assert planned[0].expires_at == NOW + OLDER.settings.reset_life


def test_cancelling_it_signs_nobody_out_and_nobody_is_reminded_of_a_link() -> None:
    (chunk,) = chunks_of(SEND, [GROUP[0]], SCHOOL, NOW)
    out = replace(chunk, mails=tuple(replace(mail, state="sent") for mail in chunk.mails))
    assert list(to_revoke(out)) == []
    done = replace(SEND, state="finished", counts={"sent": 1})
    assert "again" not in possible(done)
    with pytest.raises(Conflict) as caught:
        _check(done, "again")
    assert caught.value.code == "no_links"


@pytest.mark.parametrize("language", ["en", "cy", "pl", "ur"])
def test_the_mail_holds_no_link_and_no_code(language: str) -> None:
    made = template("parent_code_ready", language)
    for part in (made.subject, made.text, made.html):
        assert "http" not in part.replace("http://www.w3.org", "")
        assert "link}}" not in part


def test_what_it_is_called() -> None:
    assert titled("year 7 students", SEND.selection, kind="parent_code_ready") == "Where parents’ codes stand, to year 7 students"
    assert file_part(replace(SEND, whom="year 7 students")) == "parents-codes-year-7-students"
