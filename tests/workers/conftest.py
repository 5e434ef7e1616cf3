"""A school on a mail road for each test."""

from collections.abc import Iterator

import pytest

from tests.support.mail_road import MailRoad
from tests.support.ses import StrictSes
from tests.support.system import on_moto, running_system


@pytest.fixture
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailRoad]:
    with running_system(moto=on_moto(request)) as system:
        system.school("northbridge", name="Northbridge Academy")
        made = MailRoad(system, StrictSes(), monkeypatch)
        yield made
        assert made.ses.lost_in_rendering == []
