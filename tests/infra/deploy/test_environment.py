"""infra/environments/<name>.toml: everything that is wrong in it is said at once, and a hand-written line is never lost."""

from pathlib import Path
from typing import Any

import pytest

from infra.deploy import environment
from infra.local.trouble import Trouble

GOOD = {"region": "eu-west-2", "mail_from": "no-reply@school.example", "alarm_email": "", "domain": ""}


def file(folder: Path, text: str) -> None:
    (folder / "prod.toml").write_text(text)


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert environment.read("prod", tmp_path) == {}


def test_what_is_not_said_has_its_default() -> None:
    made = environment.make("prod", GOOD)
    assert made.stack_name == "latchkey-prod"
    assert made.identity == "school.example"
    assert made.envelope_domain == "bounce.school.example"


def test_an_address_as_identity_has_no_envelope_domain() -> None:
    assert environment.make("prod", {**GOOD, "mail_identity": "no-reply@school.example"}).envelope_domain == ""


def test_an_envelope_domain_can_be_chosen_or_declined() -> None:
    assert environment.make("prod", {**GOOD, "mail_from_domain": "m.school.example"}).envelope_domain == "m.school.example"
    assert environment.make("prod", {**GOOD, "mail_from_domain": ""}).envelope_domain == ""


def test_parameters_become_texts() -> None:
    assert environment.make("prod", {**GOOD, "parameters": {"DeliverConcurrency": 6}}).parameters == {"DeliverConcurrency": "6"}


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    file(
        tmp_path,
        'region = "mars-1"\nmail_from = "nobody"\nalarm_email = 5\ndomain = "https://x.example/"\n'
        'account = "12"\nmail_form = "a@b.c"\n[parameters]\nOrigin = "https://x.example"\nDeletionProtection = true\n',
    )
    with pytest.raises(Trouble) as trouble:
        environment.read("prod", tmp_path)
    lines = str(trouble.value).splitlines()
    assert "nothing was deployed" in lines[0]
    for word in (
        "mars-1",
        "nobody",
        "alarm_email",
        "https://x.example/",
        "twelve digits",
        "mail_form",
        "Origin",
        "DeletionProtection",
    ):
        assert [line for line in lines[1:] if word in line], word
    assert len(lines) == 9


def test_a_certificate_belongs_to_a_domain(tmp_path: Path) -> None:
    file(tmp_path, 'certificate = "arn:aws:acm:us-east-1:123456789012:certificate/abc"\n')
    with pytest.raises(Trouble, match="but no domain"):
        environment.read("prod", tmp_path)


def test_a_certificate_of_another_region_is_refused() -> None:
    assert environment.fault("certificate", "arn:aws:acm:us-east-1:123456789012:certificate/abc") is None
    assert "us-east-1" in str(environment.fault("certificate", "arn:aws:acm:eu-west-2:123456789012:certificate/abc"))


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file(tmp_path, "region = eu-west-2\n")
    with pytest.raises(Trouble, match=r"prod\.toml could not be read"):
        environment.read("prod", tmp_path)


@pytest.mark.parametrize("name", ["Prod", "../prod", "", "1st", "a" * 32])
def test_a_name_must_be_good_for_a_stack(name: str, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no name for an environment"):
        environment.read(name, tmp_path)


def test_answers_are_added_and_nothing_else_is_touched(tmp_path: Path) -> None:
    file(tmp_path, '# ours\nregion = "eu-west-2" # London\n\n[parameters]\nLogLevel = "DEBUG"')
    environment.write("prod", {"mail_from": 'a"b@x.example', "domain": ""}, tmp_path)
    assert (tmp_path / "prod.toml").read_text() == (
        '# ours\nregion = "eu-west-2" # London\n\nmail_from = "a\\"b@x.example"\ndomain = ""\n[parameters]\nLogLevel = "DEBUG"'
    )
    assert environment.read("prod", tmp_path)["parameters"] == {"LogLevel": "DEBUG"}


def test_a_line_without_its_end_gets_one(tmp_path: Path) -> None:
    file(tmp_path, 'region = "eu-west-2"')
    environment.write("prod", {"domain": ""}, tmp_path)
    assert environment.read("prod", tmp_path) == {"region": "eu-west-2", "domain": ""}


def test_a_new_file_says_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    environment.write("prod", {"region": "eu-west-2"}, folder)
    said = (folder / "prod.toml").read_text()
    assert "make deploy ENV=prod" in said
    assert "no secret" in said
    assert environment.read("prod", folder) == {"region": "eu-west-2"}


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("region", "eu-west-2", True),
        ("region", "eu-west-9", False),
        ("mail_from", "no-reply@school.example", True),
        ("mail_from", "no reply@school.example", False),
        ("mail_from", "no-reply@school", False),
        ("alarm_email", "", True),
        ("domain", "accounts.school.example", True),
        ("domain", "Accounts.school.example", False),
        ("domain", "-a.school.example", False),
        ("mail_identity", "school.example", True),
        ("mail_identity", "no-reply@school.example", True),
        ("origin", "http://localhost:8000", True),
        ("origin", "http://localhost:8000/", False),
        ("parameters", "x", False),
        ("domain", None, False),
    ],
)
def test_each_value_is_judged(key: str, value: Any, good: bool) -> None:
    assert (environment.fault(key, value) is None) == good
