"""Entra's shape of tokens through the whole of ``federate``: what counts there, and what is somebody else's.

A stand-in speaks it, since no test has a tenant of Microsoft's: as Microsoft documents it, and as its tokens are reported.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from chalice.test import HTTPResponse

from latchkey.people.model.person import Person
from latchkey.sso.model.connection import ENTRA
from tests.support.federate import Browser
from tests.support.providers.hostile import STAND_INS, TENANT, Asked, Hostile, Plan
from tests.support.providers.in_process import HostileWorld, connection, hostile_world
from tests.support.providers.jose import signed
from tests.support.system import TestSystem

HOST: Final = "https://login.microsoftonline.com"
ISSUER: Final = ENTRA.format(tenant=TENANT)
OTHER_TENANT: Final = "99999999-2222-4333-8444-555555555555"
BY_NAME: Final = connection(
    "entra",
    kind="entra",
    label="Microsoft",
    issuer=ISSUER,
    tenant=(TENANT,),
    match_on="upn",
    match_claim="preferred_username",
)
BY_ADDRESS: Final = connection("mail", kind="entra", label="M", issuer=ISSUER, tenant=(TENANT,), roles=("student", "teacher"))
ANY: Final = connection("any", roles=("teacher",))
AT_ENTRA: Final = "/schools/northbridge/sso/entra"


@dataclass
class Account:
    """Somebody's account in the school's tenant. It has no ``email_verified``: Entra never says that."""

    upn: str
    oid: str = field(default_factory=lambda: f"{secrets.token_hex(4)}-2222-4333-8444-{secrets.token_hex(6)}")
    sub: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    more: dict[str, Any] = field(default_factory=dict)

    def token(self, provider: Hostile, asked: Asked) -> str:
        """As the v2.0 endpoint makes it: dated back by five minutes, for sixty-five."""
        now = int(provider.now())
        claims = {
            "ver": "2.0",
            "iss": ISSUER,
            "sub": self.sub,
            "aud": asked.client_id,
            "exp": now + 3_600,
            "iat": now - 300,
            "nbf": now - 300,
            "name": "Maya Okafor",
            "preferred_username": self.upn,
            "oid": self.oid,
            "tid": TENANT,
            "nonce": asked.nonce,
            "aio": "Df2UVXL1ix!lMCWMSOJBcFatzcGfvFGhjKv8q5g0x732dR5MB5BisvGQO7YWByjd8iQDLq",
            "rh": "0.AXkA",
            "sid": "0f5c1d2e-3b4a-4c5d-8e6f-7a8b9c0d1e2f",
            "uti": "fMmwp2Xnn0yH4w0nvSAUAA",
        }
        said = {name: value for name, value in (claims | self.more).items() if value is not None}
        return signed(said, {"typ": "JWT", "alg": "RS256", "kid": provider.kid}, provider.key)


@dataclass
class Tenant:
    """The school, whose students come in with Entra, and the stand-in for that."""

    entra: HostileWorld

    def comes(self, account: Account, browser: Browser | None = None, at: str = AT_ENTRA) -> HTTPResponse:
        """Sign in there: pairwise subjects, and no ``iss`` on the way back."""
        shape = {"subject_types_supported": ["pairwise"], "authorization_response_iss_parameter_supported": None}
        self.entra.hostile.plan = Plan(token=account.token, back={"iss": None}, discovery=shape)
        return self.entra.follow(browser or self.entra.world.browser(), at)

    def who(self, account: Account, at: str = AT_ENTRA) -> str | None:
        """Whose session it opens; None: nobody's."""
        browser = self.entra.world.browser()
        self.comes(account, browser, at)
        return self.entra.signed_in_as(browser)


@pytest.fixture
def tenant(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    with hostile_world(system, monkeypatch, BY_NAME, BY_ADDRESS, ANY, known=False) as made:
        whole, here = made.hostile.page, f"/{TENANT}/v2.0"

        def page(method: str, target: str, body: bytes) -> Any:
            """Microsoft's own addresses lead to where the stand-in has this issuer."""
            return whole(method, target.replace(here, f"/{STAND_INS[ISSUER]}"), body)

        monkeypatch.setattr(made.hostile, "page", page)
        yield Tenant(made)


@pytest.fixture
def pupil(tenant: Tenant) -> Person:
    return tenant.entra.pupil


def test_a_pupil_without_an_address_is_found_by_the_sign_in_name_and_then_by_tenant_and_object(
    tenant: Tenant, pupil: Person
) -> None:
    account = Account(str(pupil.email).upper())
    assert tenant.who(account) == pupil.id
    another_registration = Account("renamed@elsewhere.example", oid=account.oid)  # another pairwise ``sub``, another name
    assert tenant.who(another_registration) == pupil.id


def test_who_is_linked_is_not_let_in_with_another_account_of_the_same_name(tenant: Tenant, pupil: Person) -> None:
    """A name that was given to the next pupil."""
    assert tenant.who(Account(str(pupil.email))) == pupil.id
    browser = tenant.entra.world.browser()
    answer = tenant.comes(Account(str(pupil.email)), browser)
    assert (answer.status_code, tenant.entra.signed_in_as(browser)) == (403, None)


def test_the_claim_counts_that_the_school_has_named(tenant: Tenant, pupil: Person) -> None:
    assert tenant.who(Account("shown@elsewhere.example", more={"upn": pupil.email})) is None


STRANGERS: Final[dict[str, dict[str, Any]]] = {
    "of another tenant": {"tid": OTHER_TENANT},
    "of another tenant, and its issuer says so": {"tid": OTHER_TENANT, "iss": f"{HOST}/{OTHER_TENANT}/v2.0"},
    "of another tenant, by the issuer alone": {"iss": f"{HOST}/{OTHER_TENANT}/v2.0"},
    "of no tenant": {"tid": None},
    "of two tenants": {"tid": [TENANT, OTHER_TENANT]},
    "without an object": {"oid": None},
    "with an object that is no number of Microsoft's": {"oid": "me"},
    "of the multi-tenant issuer, as it is written": {"iss": f"{HOST}/{{tenantid}}/v2.0"},
    "of the common issuer": {"iss": f"{HOST}/common/v2.0"},
    "of the first version's issuer": {"iss": f"https://sts.windows.net/{TENANT}/"},
    "of everybody's private accounts": {"tid": "9188040d-6c67-4c5b-b112-36a304b66dad"},
    "a guest, by the optional word": {"acct": 1},
    "a guest, by where they signed in": {"idp": f"https://sts.windows.net/{OTHER_TENANT}/"},
    "a guest, from a private account": {"idp": "live.com"},
    "a guest, by the other name": {"upn": "maya_elsewhere.example#EXT#@tenant.onmicrosoft.com"},
    "made before it was asked for": {"iat": 1_700_000_000, "nbf": 1_700_000_000},
    "over": {"exp": 1_700_000_000},
}


@pytest.mark.parametrize("more", STRANGERS.values(), ids=STRANGERS)
def test_who_is_not_of_the_schools_tenant_stays_out(tenant: Tenant, pupil: Person, more: dict[str, Any]) -> None:
    browser = tenant.entra.world.browser()
    answer = tenant.comes(Account(str(pupil.email), more=more), browser)
    assert 400 <= answer.status_code < 500, answer.body
    assert tenant.entra.signed_in_as(browser) is None


def test_a_guest_stays_out_although_their_address_is_somebodys_here(tenant: Tenant, pupil: Person) -> None:
    """Of guests ``email`` is there by default; it is what another school says, or nobody."""
    guest = Account("maya_elsewhere.example#EXT#@tenant.onmicrosoft.com", more={"email": pupil.email})
    answer = tenant.comes(guest, at="/schools/northbridge/sso/mail")
    assert answer.status_code == 403
    assert "guest" in answer.body.decode()


@pytest.mark.parametrize(
    ("said", "found"), [(True, True), (1, True), ("1", True), (None, True), (False, False), (0, False), ("0", False)]
)
def test_an_address_whose_domain_is_not_the_tenants_counts_for_nobody(
    tenant: Tenant, pupil: Person, said: object, found: bool
) -> None:
    """``xms_edov``, where the school asks for it: an admin of any tenant can write any address into an account (nOAuth)."""
    account = Account("u1@tenant.onmicrosoft.com", more={"email": pupil.email, "xms_edov": said})
    assert tenant.who(account, at="/schools/northbridge/sso/mail") == (pupil.id if found else None)


def test_the_discovery_of_many_tenants_is_not_taken(tenant: Tenant) -> None:
    """Its issuer has a gap to fill in, which is where others let a foreign tenant in."""
    tenant.entra.plan(discovery={"issuer": f"{HOST}/{{tenantid}}/v2.0"})
    assert b"This sign-in is not set up right" in tenant.entra.stays_out(target="/schools/northbridge/sso/any").body
    assert b"This sign-in is not set up right" in tenant.entra.stays_out(target=AT_ENTRA).body


def test_tokens_are_dated_back_at_entra_alone(tenant: Tenant, pupil: Person) -> None:
    """Five minutes: of another provider such a token is one of before the attempt."""
    seconds = {"iat": int(tenant.entra.hostile.now()) - 300, "email": pupil.email, "email_verified": True}
    tenant.entra.hostile.plan = Plan(claims=seconds)
    assert b"The clocks do not agree" in tenant.entra.stays_out(target="/schools/northbridge/sso/any").body
