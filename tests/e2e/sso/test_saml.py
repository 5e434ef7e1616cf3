"""SAML's addresses on the deployed stack: API Gateway leads to its function, whose layer has what it loads."""

from urllib.parse import urlencode

import pytest

from tests.e2e.client import Product

pytestmark = pytest.mark.e2e


def test_its_function_answers(product: Product, stack: dict[str, str]) -> None:
    assert product.http.get(f"/sso/saml/metadata/{stack['school']}/nobody").status_code == 404
    form = urlencode({"SAMLResponse": "bm8="})
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Origin": "https://idp.test"}
    answer = product.http.post("/sso/saml", content=form, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "provider")
