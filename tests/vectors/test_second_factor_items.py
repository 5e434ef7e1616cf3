"""Literal items of second factors: see test_directory_items.py. Never change these; add a version."""

from latchkey.second_factors.model.factors import Factors, Passkey, Totp, Waiting
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ANN = "northbridge", "0123456789abcdefghjk"
KEY = {"pk": f"northbridge#P#{ANN}", "sk": "FACTORS"}
APP = {"id": "a" * 26, "name": "My phone", "added_at": NOW, "used_at": NOW + 5, "salt": "ab" * 16, "step": 60_000_000}
PASSKEY = {
    "id": "b" * 26,
    "name": "",
    "added_at": NOW,
    "used_at": 0,
    "credential": b"c" * 32,
    "public_key": b"\xa5\x01\x02",
    "counter": 7,
    "party": "latchkey.test",
    "transports": ["internal", "hybrid"],
    "backup_eligible": True,
    "backed_up": False,
}
WAITING = {
    "id": "c" * 26,
    "way": "passkey",
    "name": "Key",
    "session": "ef" * 32,
    "until": NOW + 600,
    "salt": "",
    "challenge": "01" * 32,
}
ITEM = KEY | {
    "revision": 3,
    "factors": [{"way": "totp", **APP}, {"way": "passkey", **PASSKEY}],
    "recovery": ["cd" * 32],
    "waiting": WAITING,
}
VALUE = Factors(
    person=ANN,
    revision=3,
    all=(Totp(**APP), Passkey(**{**PASSKEY, "transports": ("internal", "hybrid")})),  # type: ignore[arg-type]
    recovery=("cd" * 32,),
    waiting=Waiting(**WAITING),  # type: ignore[arg-type]
)


def test_an_item_is_read() -> None:
    world = MemoryWorld()
    world.put("credentials", ITEM)
    assert world.wiring("portal").second_factors(SCHOOL).of(ANN) == VALUE


def test_an_item_is_written() -> None:
    world = MemoryWorld()
    world.put("credentials", ITEM)
    store = world.wiring("portal").second_factors(SCHOOL)
    store.write(VALUE, VALUE)
    assert world.item("credentials", KEY["pk"], "FACTORS") == ITEM | {"revision": 4}


def test_a_challenge() -> None:
    world = MemoryWorld()
    challenge = world.wiring("portal").challenges(SCHOOL).make("session/x", NOW)
    (key,) = [key for key in world.dynamo.tables["credentials_table"] if key[1] == "CHALLENGE"]
    item = world.item("credentials", *key)
    assert item is not None
    assert set(item) == {"pk", "sk", "bound_to", "until", "expires_at"}
    assert (item["until"], item["expires_at"]) == (NOW + 300, NOW + 3_600)
    assert challenge.hex() not in str(item)
