"""Literal keys that are derived, and hashes of what people know or hold. Never change these; add a version."""

from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in import hashing
from latchkey.sign_in.session import who
from tests.support.memory_world import NOW, MemoryWorld

PERSON = "0123456789abcdefghjk"


def test_keys_that_kms_derives() -> None:
    """What HMAC-SHA-256 makes of the labels latchkey/(links|codes|lookup)/v1/northbridge under the keys of MemoryKms."""
    portal = MemoryWorld().wiring("portal")
    assert portal.link_key("northbridge").hex() == "d753ab28f4426f9de785a63a2678fb41785a47b0179018b629ce4ed417fc3087"
    assert portal.code_key("northbridge").hex() == "c9a5ae59e307ef91b8d4c7c123fc40fdb59970b483a51ba00d0f3c90c3f0c4bf"
    assert portal.lookup_key("northbridge").hex() == "e6dde90deaf1d16ccc6dd36cdaa18fe1c3ccf5020f8eb31391d80aae618af9bc"


def test_keys_that_kms_derives_in_a_later_epoch() -> None:
    """What HMAC-SHA-256 makes of the labels latchkey/(links|codes|lookup)/v1/northbridge/1; epoch 0 has the keys above."""
    portal = MemoryWorld().wiring("portal")
    assert portal.link_key("northbridge", 0) == portal.link_key("northbridge")
    assert portal.code_key("northbridge", 0) == portal.code_key("northbridge")
    assert portal.lookup_key("northbridge", 0) == portal.lookup_key("northbridge")
    assert portal.link_key("northbridge", 1).hex() == "c82fa693539bc1d11edfd339752834c123a07765b23193c4c51c6da0520b4eb2"
    key = portal.lookup_key("northbridge", 1)
    assert key.hex() == "1717607d8e1fcc341a11473d0c39636c828eecf6c152cc75e2443052f28c2274"
    assert lookup(key, "email", "head@northbridge.example") == "d199f355990e0818943a5de9d1d74492"
    assert lookup(key, "username", "annlee") == "522699b1b6019219ca7326d855a3766c"
    assert portal.code_key("northbridge", 1).hex() == "6b44260dafb774d9afe7ddf6bf482afde738d66a4911ff30690c1420e6fc4840"


def test_a_stored_password_is_still_the_password() -> None:
    kept = "$argon2id$v=19$m=19456,t=2,p=1$MGHQ42rABcZG93JUN+lcfQ$+4oFbO7kXQoqKjTaierC/6FKO8qrne7iEY3CYqT4Tx0"
    assert hashing.verify(kept, "purple-otter-lantern-83")
    assert not hashing.verify(kept, "purple-otter-lantern-84")


def test_a_session_token_opens_the_session_that_is_stored() -> None:
    """A release signs nobody out: the hash is SHA-256 of the third part of the token."""
    world = MemoryWorld()
    person = {
        "pk": f"northbridge#P#{PERSON}",
        "sk": "PERSON",
        "id": PERSON,
        "role": "staff",
        "given_name": "A",
        "family_name": "B",
    }
    world.put("directory", {**person, "version": 3})
    world.put("directory", {"pk": "northbridge", "sk": "SCHOOL", "slug": "northbridge", "name": "Northbridge"})
    world.put(
        "sessions",
        {
            "pk": f"northbridge#P#{PERSON}",
            "sk": "d64b93c9f1b60eb338e5cb415d6a36bd920edd0e9b36f7ea5c730d0e10ff147f",
            "version": 3,
            "stamp": "3cf4347c2d01",
            "created_at": NOW - 60,
            "seen_at": NOW - 60,
            "expires_at": NOW + 60,
        },
    )
    signed_in = who(world.wiring("portal"), f"northbridge.{PERSON}.{'s' * 43}")
    assert (signed_in.school.slug, signed_in.person.id, signed_in.session.version) == ("northbridge", PERSON, 3)
