"""Clients' secrets: put twice, read, deleted twice."""

from latchkey.sso.stores.client_secrets import ClientSecrets
from tests.support.system import TestSystem

NAME = "latchkey/sso/northbridge/aaaaaaaaaaaaaaaaaaaaaaaaaa"


def test_a_secret_is_replaced_and_deleted(system: TestSystem) -> None:
    secrets = ClientSecrets(system.clients("secretsmanager"), "latchkey/sso")
    assert secrets.name("northbridge", "a" * 26) == NAME
    assert secrets.name("northbridge", "a" * 26) == NAME
    assert secrets.get(NAME) is None
    secrets.put(NAME, "first")
    secrets.put(NAME, "second")
    assert secrets.get(NAME) == "second"
    secrets.delete(NAME)
    secrets.delete(NAME)
    assert secrets.get(NAME) is None
