"""Literal items of connections, as they are written today and as they are read back; and the least that is still read.

Never change these; an item outlives many releases. New attributes get a default for items that lack them.
"""

from typing import Any, Final

import pytest

from latchkey.sso.model.connection import Connection, SecretRef
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL: Final = "northbridge"
ENTRA: Final = Connection(
    name="entra",
    kind="entra",
    label="Microsoft",
    roles=("student", "teacher"),
    issuer="https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
    client_id="99999999-8888-7777-6666-555555555555",
    tenant=("11111111-2222-3333-4444-555555555555",),
    match_on="upn",
    match_claim="preferred_username",
    creates=("teacher",),
    proves_second_factor=True,
    secret=SecretRef(name="latchkey/sso/northbridge/01jhm6qk00zzzzzzzzzzzzzzzz", ends_at=NOW + 9),
    version=3,
)
ENTRA_ITEM: Final[dict[str, Any]] = {
    "pk": "northbridge#SSO",
    "sk": "CONNECTION#entra#00003",
    "name": "entra",
    "kind": "entra",
    "label": "Microsoft",
    "roles": ["student", "teacher"],
    "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
    "client_id": "99999999-8888-7777-6666-555555555555",
    "tenant": ["11111111-2222-3333-4444-555555555555"],
    "match_on": "upn",
    "match_claim": "preferred_username",
    "creates": ["teacher"],
    "proves_second_factor": True,
    "metadata_url": "",
    "metadata_certificate": "",
    "sign_in_url": "",
    "certificates": [],
    "secret": {"name": "latchkey/sso/northbridge/01jhm6qk00zzzzzzzzzzzzzzzz", "ends_at": NOW + 9},
    "version": 3,
}
SAML: Final = Connection(
    name="unify",
    kind="saml",
    label="RM Unify",
    roles=("teacher",),
    issuer="https://sts.platform.rmunify.example",
    tenant=("northbridge.example",),
    match_on="mis_id",
    match_claim="urn:oid:1.2",
    metadata_url="https://sts.platform.rmunify.example/metadata",
    sign_in_url="https://sts.platform.rmunify.example/sso",
    certificates=("MIIB", "MIIC"),
)
SAML_ITEM: Final[dict[str, Any]] = {
    "pk": "northbridge#SSO",
    "sk": "CONNECTION#unify#00001",
    "name": "unify",
    "kind": "saml",
    "label": "RM Unify",
    "roles": ["teacher"],
    "issuer": "https://sts.platform.rmunify.example",
    "client_id": "",
    "tenant": ["northbridge.example"],
    "match_on": "mis_id",
    "match_claim": "urn:oid:1.2",
    "creates": [],
    "proves_second_factor": False,
    "metadata_url": "https://sts.platform.rmunify.example/metadata",
    "metadata_certificate": "",
    "sign_in_url": "https://sts.platform.rmunify.example/sso",
    "certificates": ["MIIB", "MIIC"],
    "version": 1,
}


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.mark.parametrize(("connection", "item"), [(ENTRA, ENTRA_ITEM), (SAML, SAML_ITEM)])
def test_a_version_of_a_connection(world: MemoryWorld, connection: Connection, item: dict[str, Any]) -> None:
    connections = world.wiring("console").connections(SCHOOL)
    connections.add(connection)
    assert world.item("directory", item["pk"], item["sk"]) == item
    assert connections.get(connection.name, connection.version) == connection


def test_the_least_that_is_read(world: MemoryWorld) -> None:
    facts = {"name": "google", "kind": "google", "label": "Google", "roles": ["student"]}
    world.put("directory", {"pk": "northbridge#SSO", "sk": "CONNECTION#google#00001", **facts})
    found = world.wiring("console").connections(SCHOOL).newest("google")
    assert found == Connection(name="google", kind="google", label="Google", roles=("student",))
