"""Literal items of preflight: see test_activity_items.py. Never change these."""

from typing import Any

import pytest

from latchkey.preflight.model.facts import Account, Alarms, Configuration, Dns, Identity, Site, Unseen
from latchkey.preflight.model.kept import Kept
from tests.support.memory_world import NOW, MemoryWorld

SITE: dict[str, Any] = {
    "pk": "#PREFLIGHT",
    "sk": "SITE",
    "at": 1_800_000_000,
    "sender": "no-reply@latchkey.test",
    "identity_name": "latchkey.test",
    "facts": {
        "account": {
            "production": True,
            "enabled": True,
            "enforcement": "HEALTHY",
            "a_day": 50_000,
            "sent": 12,
            "each_second": "0.5",
        },
        "identity": {
            "known": True,
            "verified": True,
            "signs": True,
            "dkim": "SUCCESS",
            "tokens": ["t1"],
            "mail_from": "mail.latchkey.test",
            "mail_from_status": "SUCCESS",
            "needs_mx": False,
        },
        "configuration": {"known": True, "sends": True, "tells": ["BOUNCE"], "bans": ["COMPLAINT"]},
        "alarms": {"unseen": "denied"},
    },
    "dns": {
        "spf": {"records": ["v=spf1 include:amazonses.com ~all"]},
        "dmarc": {"_dmarc.latchkey.test": {"records": []}},
        "dkim": {"t1._domainkey.latchkey.test": {"unseen": "silent"}},
    },
}
FOUND = Site(
    at=NOW,
    sender="no-reply@latchkey.test",
    identity_name="latchkey.test",
    account=Account(production=True, enabled=True, enforcement="HEALTHY", a_day=50_000, sent=12, each_second=0.5),
    identity=Identity(
        known=True,
        verified=True,
        signs=True,
        dkim="SUCCESS",
        tokens=("t1",),
        mail_from="mail.latchkey.test",
        mail_from_status="SUCCESS",
    ),
    configuration=Configuration(known=True, sends=True, tells=("BOUNCE",), bans=("COMPLAINT",)),
    alarms=Unseen("denied"),
    dns=Dns(
        spf=("v=spf1 include:amazonses.com ~all",),
        dmarc={"_dmarc.latchkey.test": ()},
        dkim={"t1._domainkey.latchkey.test": Unseen("silent")},
    ),
)
LOOK: dict[str, Any] = {
    "pk": "northbridge#PREFLIGHT",
    "sk": "LOOK",
    "at": 1_800_000_000,
    "stops": ["mail_sandbox"],
    "warns": ["notice"],
    "told": ["mail_sandbox"],
}
KEPT = Kept(at=NOW, stops=("mail_sandbox",), warns=("notice",), told=("mail_sandbox",))


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_a_look_at_the_site(world: MemoryWorld) -> None:
    world.wiring("daily").kept_looks.put_site(FOUND)
    assert world.item("activity", "#PREFLIGHT", "SITE") == SITE
    assert world.wiring("console").kept_looks.brief("northbridge", []).site == FOUND


def test_alarms_that_were_seen(world: MemoryWorld) -> None:
    facts = {**SITE["facts"], "alarms": {"known": True, "confirmed": 1, "pending": 0}}
    world.put("activity", SITE | {"facts": facts})
    found = world.wiring("console").kept_looks.brief("northbridge", []).site
    assert found is not None
    assert found.alarms == Alarms(known=True, confirmed=1)


def test_a_look_at_a_school(world: MemoryWorld) -> None:
    world.wiring("daily").kept_looks.put("northbridge", KEPT)
    assert world.item("activity", "northbridge#PREFLIGHT", "LOOK") == LOOK
    assert world.wiring("console").kept_looks.of(["northbridge", "nobody"]) == {"northbridge": KEPT}
    assert world.wiring("console").kept_looks.brief("northbridge", []).kept == KEPT
