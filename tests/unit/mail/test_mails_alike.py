"""What the mails of a call have alike is said once in it, and each is read as if it had been made alone."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.messages.template import OF_ONE, VARIABLES, of_one, template
from latchkey.mail.model.account import MailAccount, MailName
from latchkey.mail.model.mail_html import Template, filled, shared
from latchkey.schools.model.school import School, Settings
from latchkey.shared.model.languages import LANGUAGES

SCHOOL = School(slug="northbridge", name="Northbridge Academy", settings=Settings(help_line="Ring 01632 960000"))
ANN = MailAccount(person="a" * 20, name="Ann Lee", role="student", login="alee", version=0, stamp="0" * 12)
LINK = "https://latchkey.test/set-password#1.w.northbridge.aaa.bbb.0.ccc.ddd"
DAY = 86_400
names = st.text(max_size=30) | st.sampled_from(
    ["{{school}}", "{{#each x}}", "{{{raw}}}", "}}", "{", "<b>O'Hara & Söhne</b>", "محمد علی", "\u202eeeL", "a\r\nBcc: x"]
)


def read(mail: Template, variables: Mapping[str, str]) -> tuple[str, str, str]:
    """As SES fills it: every variable once, in one pass; one that is missing is an error."""
    for part in (mail.subject, mail.text, mail.html):
        assert set(re.findall(r"\{\{(\w+)\}\}", part)) <= variables.keys()
    subject, text, html = (filled(part, variables) for part in (mail.subject, mail.text, mail.html))
    return subject, text, html


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize("name", sorted(OF_ONE))
@given(who=names, login=names, role=st.sampled_from(["student", "teacher", "staff", "parent", "<x>"]))
def test_a_mail_of_one_reads_as_one_of_any_number(name: MailName, code: str, who: str, login: str, role: str) -> None:
    account = replace(ANN, name=who, login=login, role=role)
    alone = read(template(name, code, of_one=True), of_one(SCHOOL, account, LINK, DAY, code))
    assert alone == read(template(name, code), VARIABLES[name](SCHOOL, [(account, LINK)], DAY, code))


@given(st.lists(st.fixed_dictionaries({"a": names, "b": names, "c": st.just("the same")}), min_size=1, max_size=4))
def test_what_is_alike_is_told_once_and_reads_the_same(each: list[dict[str, str]]) -> None:
    mail = Template("{{c}}: {{a}}", "{{a}}{{b}} {{c}}", '<p title="{{b}}">{{c}}{{a}}</p>')
    once, own = shared(mail, each)
    for mine, whole in zip(own, each, strict=True):
        assert [filled(part, mine) for part in (once.subject, once.text, once.html)] == [
            filled(part, whole) for part in (mail.subject, mail.text, mail.html)
        ]
    assert ("{{c}}" in once.subject) == (len(each) == 1)
    assert all(("c" in mine) == (len(each) == 1) for mine in own)


@pytest.mark.parametrize("value", ["{{a}}", "{", "x{", "{{{raw}}}"])
def test_what_has_a_brace_never_stands_in_a_template(value: str) -> None:
    mail = Template("{{c}}", "{{c}}", "{{c}}")
    once, own = shared(mail, [{"c": value, "a": "1"}, {"c": value, "a": "2"}])
    assert once == mail
    assert [mine["c"] for mine in own] == [value, value]
