"""Counts by domain: two workers at once lose nothing, and an answer that never came counts nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.sends.model.domains import DomainCounts, Domains
from latchkey.sends.stores import mail_domains
from latchkey.sends.stores.mail_domains import MailDomains
from latchkey.shared.stores.dynamo import Put
from tests.support.system import START, TestSystem

NOW = int(START)
ONE = {"x.example": DomainCounts(sent=1)}


@pytest.fixture
def domains(system: TestSystem) -> MailDomains:
    return system.wiring("mail_feedback").mail_domains("northbridge")


def test_begin_with_nothing_and_keep_when_they_began(system: TestSystem, domains: MailDomains) -> None:
    assert domains.get() == Domains(0, {})
    domains.add([ONE, {"x.example": DomainCounts(delivered=1), "y.example": DomainCounts(dead=1)}], NOW)
    domains.add([ONE], NOW + 99)
    assert domains.get() == Domains(NOW, {"x.example": DomainCounts(sent=2, delivered=1), "y.example": DomainCounts(dead=1)})
    assert system.wiring("console").mail_domains("southgate").get() == Domains(0, {})


def test_workers_at_once_lose_nothing(system: TestSystem, domains: MailDomains) -> None:
    def count(_: int) -> None:
        while True:
            try:
                return system.wiring("mail_feedback").mail_domains("northbridge").add([ONE], NOW)
            except TryLater:
                continue

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(24)))
    assert domains.get().counts["x.example"].sent == 24


def test_an_answer_that_never_came_counts_once(domains: MailDomains, monkeypatch: pytest.MonkeyPatch) -> None:
    put, lost = domains._table.put, [True]

    def twice(write: Put) -> Any:
        put(write)
        if lost.pop() if lost else False:
            put(write)  # what botocore does when the first answer was lost

    monkeypatch.setattr(domains, "_table", type("Table", (), {"put": staticmethod(twice), "get": domains._table.get})())
    domains.add([ONE], NOW)
    assert domains.get().counts["x.example"].sent == 1


def test_whoever_is_always_too_late_says_so_and_counts_nothing(domains: MailDomains, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_domains, "_TRIES", 0)
    with pytest.raises(TryLater):
        domains.add([ONE], NOW)
    assert domains.get() == Domains(0, {})
