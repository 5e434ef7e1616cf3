"""Whose mail system it is by its servers, and the text for who looks after it."""

import pytest

from latchkey.sends.model.blame import Sender
from latchkey.sends.model.domains import OTHER, SILENT, DomainCounts, Domains, is_silent, silent_since
from latchkey.sends.model.mail_systems import MailSystem, for_its_manager, system_of

SENDER = Sender("no-reply@accounts.school.example", "school.example", "mail.school.example")
HERE = "pupils.school.example"
DAY = 86_400


@pytest.mark.parametrize(
    ("servers", "system"),
    [
        (None, "unknown"),
        ((), "none"),
        ((".",), "none"),
        (("smtp.google.com.",), "google"),
        (("aspmx.l.google.com.", "alt1.aspmx.l.google.com."), "google"),
        (("school-example.mail.protection.outlook.com.",), "microsoft"),
        (("school-example.k-v1.mx.microsoft.",), "microsoft"),
        (("mx1.notgoogle.com.",), "other"),
        (("eu-smtp-inbound-1.mimecast.com.",), "other"),
    ],
)
def test_by_its_servers(servers: tuple[str, ...] | None, system: MailSystem) -> None:
    assert system_of(servers) == system


@pytest.mark.parametrize("system", ["google", "microsoft", "other", "unknown"])
def test_the_text_says_what_to_allow_and_where(system: MailSystem) -> None:
    text = for_its_manager(HERE, DomainCounts(sent=412, delivered=412), SENDER, system)
    assert text is not None
    for said in ("412 people", HERE, SENDER.address, SENDER.domain, SENDER.dkim, SENDER.mail_from, "Amazon SES", "quarantine"):
        assert said in text
    assert ("admin.google.com" in text) == (system in {"google", "unknown"})
    assert ("Exchange admin center" in text) == (system in {"microsoft", "unknown"})
    assert not any(sign in text for sign in "{}")
    assert all(len(line) <= 130 for line in text.splitlines())


def test_a_filter_that_refuses_is_told_so_and_nobody_else_is_told_anything() -> None:
    refused = for_its_manager(HERE, DomainCounts(sent=9, delivered=8, used=8, refused_by_filter=1), SENDER, "google")
    assert refused is not None
    assert "has refused our mail to one person" in refused
    assert for_its_manager(HERE, DomainCounts(sent=412, delivered=412, used=1), SENDER, "google") is None


@pytest.mark.parametrize(
    ("counts", "silent"),
    [
        (DomainCounts(delivered=SILENT), True),
        (DomainCounts(delivered=SILENT - 1), False),
        (DomainCounts(delivered=SILENT, used=1), False),
        (DomainCounts(delivered=SILENT, used=-1), True),
    ],
)
def test_delivered_to_fifty_and_used_by_nobody_is_silent(counts: DomainCounts, silent: bool) -> None:
    assert is_silent(HERE, counts) == silent
    assert not is_silent(OTHER, counts)


def test_it_is_said_a_day_after_it_began_and_no_more_once_somebody_has_used_it() -> None:
    quiet, loud = {HERE: DomainCounts(delivered=412)}, {HERE: DomainCounts(delivered=412, used=1)}
    begun = silent_since(Domains(5, {}), quiet, 1_000)
    assert begun == {HERE: 1_000}
    assert silent_since(Domains(5, quiet, begun), quiet, 9_000) == begun
    assert silent_since(Domains(5, quiet, begun), loud, 9_000) == {}
    assert Domains(5, quiet, begun).silent(1_000 + DAY - 1) == []
    assert Domains(5, quiet, begun).silent(1_000 + DAY) == [(HERE, 412)]
    assert Domains(5, quiet).silent(5 + DAY) == [(HERE, 412)], "an item from before it was kept"
