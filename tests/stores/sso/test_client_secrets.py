"""Clients' secrets: put twice, read, deleted twice."""

from latchkey.sso.stores.client_secrets import ClientSecrets, secret_name
from tests.support.system import TestSystem

NAME = "latchkey/sso/northbridge/aaaaaaaaaaaaaaaaaaaaaaaaaa"


def test_a_secret_is_replaced_and_deleted(system: TestSystem) -> None:
    secrets = ClientSecrets(system.clients("secretsmanager"))
    assert secret_name("latchkey/sso", "northbridge", "a" * 26) == NAME
    assert secrets.get(NAME) is None
    secrets.put(NAME, "first")
    secrets.put(NAME, "second")
    assert secrets.get(NAME) == "second"
    secrets.delete(NAME)
    secrets.delete(NAME)
    assert secrets.get(NAME) is None
