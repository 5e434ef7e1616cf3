"""Settings of single sign-on, as scripts and browsers change them: nothing shows a secret, everything wrong is said at once."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from typing import Any, Final

import pytest

from console.sso.shown import SAMPLES
from latchkey.sso.model.findings import Finding
from latchkey.sso.model.saml_addresses import OFFERED, connection_of
from tests.support.console import HEAD_TEACHER, Console, make_person, running_console
from tests.support.doorways import Doorways
from tests.support.system import START

__all__ = ["console", "doorways"]

SSO: Final = "/admin/northbridge/settings/sso"
GOOGLE_ID: Final = "1234567890-abc123.apps.googleusercontent.com"
SECRET: Final = "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"
TENANT: Final = "11111111-2222-3333-4444-555555555555"
CLIENT: Final = "99999999-8888-7777-6666-555555555555"
GOOGLE: Final[dict[str, Any]] = {
    "name": "google",
    "kind": "google",
    "roles": ["student", "teacher"],
    "tenant": ["Northbridge.example"],
    "client_id": GOOGLE_ID,
    "client_secret": SECRET,
}
ENTRA: Final[dict[str, Any]] = {
    "name": "entra",
    "kind": "entra",
    "roles": ["student"],
    "tenant": [TENANT],
    "client_id": CLIENT,
    "client_secret": "abc~def.ghi",
    "secret_ends_on": "2027-08-31",
    "match_on": "upn",
}
SECOND: Final = replace(HEAD_TEACHER, id="zbcdefghjkmnpqrstvwx", given_name="Bob", email="bob@northbridge.example")


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Any:
    with running_console(monkeypatch) as made:
        yield made


@pytest.fixture
def doorways(console: Console) -> Doorways:
    return console.system.doorways


def put(console: Console, *connections: dict[str, Any], **more: Any) -> Any:
    return console.post(SSO, {"connections": list(connections), **more}, "put")


def one(console: Console, name: str = "google") -> dict[str, Any]:
    found: dict[str, Any] = console.get(f"{SSO}/{name}").json_body
    return found


def settings_of(console: Console) -> dict[str, Any]:
    found: dict[str, Any] = console.get("/admin/northbridge/settings").json_body
    return found


def test_a_school_begins_without_any(console: Console) -> None:
    assert console.get(SSO).json_body == {"connections": [], "admins": "may", "local_admins": []}
    assert console.get(f"{SSO}/nobody").status_code == 404
    assert one(console)["redirect_address"] == "https://latchkey.test/sso/callback"


def test_a_draft_is_kept_and_changes_nothing_until_it_is_switched_on(console: Console) -> None:
    answer = put(console, GOOGLE)
    assert answer.status_code == 200
    (found,) = answer.json_body["connections"]
    assert (found["on"], found["secret"], found["tenant"], found["version"]) == (False, True, ["northbridge.example"], 1)
    assert found["issuer"] == "https://accounts.google.com"
    assert settings_of(console)["sso"]["connections"] == []
    on = put(console, {"name": "google", "on": True})
    assert on.json_body["connections"][0]["on"] is True
    sso = settings_of(console)["sso"]
    assert (sso["roles"], [each["version"] for each in sso["connections"]]) == (["student", "teacher"], [1])
    put(console, {"name": "google", "on": False})
    assert settings_of(console)["sso"]["roles"] == []


def test_no_answer_and_no_item_shows_the_secret(console: Console) -> None:
    put(console, GOOGLE)
    pages = [console.get(SSO), console.get(f"{SSO}/google"), console.page(SSO)]
    pages += [console.page(f"{SSO}/google{more}") for more in ("", "/registration", "/people")]
    assert all(answer.status_code == 200 for answer in pages)
    assert not any(SECRET in answer.body.decode() for answer in pages)
    refused = console.form(f"{SSO}/google/registration", {"google.client_secret": SECRET, "google.client_id": "wrong"})
    assert refused.status_code == 422
    assert SECRET not in refused.body.decode()
    assert console.system.memory is not None
    assert SECRET not in json.dumps(str(console.system.memory.tables))
    assert list(console.system.clients("secretsmanager").kept.values()) == [SECRET]


def test_everything_that_is_wrong_is_said_at_once(console: Console) -> None:
    bad = {"kind": "google", "client_id": "abc", "client_secret": CLIENT, "tenant": ["no domain"], "on": True, "nonsense": 1}
    answer = put(console, {"name": "google", **bad}, {"name": "entra", "kind": "entra", "tenant": ["common"]}, admins="perhaps")
    assert answer.status_code == 422
    assert set(answer.json_body["fields"]) == {
        "admins",
        "google.client_id",
        "google.client_secret",
        "google.tenant",
        "google.nonsense",
        "google.roles",
        "entra.tenant",
    }
    assert console.get(SSO).json_body["connections"] == []
    assert console.system.clients("secretsmanager").kept == {}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("google.kind", {"name": "google", "kind": "facebook"}),
        ("name", {"name": "Google", "kind": "google"}),
        ("name", {"name": "check", "kind": "google"}),
        ("openid.issuer", {"name": "openid", "kind": "oidc", "issuer": "http://login.school.example"}),
        ("openid.issuer", {"name": "openid", "kind": "oidc", "issuer": "https://accounts.google.com"}),
        ("openid.issuer", {"name": "openid", "kind": "oidc", "issuer": "https://u:p@login.school.example"}),
        ("openid.tenant", {"name": "openid", "kind": "oidc", "tenant": ["a.example"]}),
        ("openid.match_claim", {"name": "openid", "kind": "oidc", "match_on": "mis_id"}),
        ("google.match_on", {"name": "google", "kind": "google", "match_on": "upn"}),
        ("google.creates", {"name": "google", "kind": "google", "creates": ["student"]}),
        ("google.creates", {"name": "google", "kind": "google", "roles": ["parent"], "creates": ["parent"]}),
        ("entra.tenant", {"name": "entra", "kind": "entra", "tenant": "9188040d-6c67-4c5b-b112-36a304b66dad"}),
        ("entra.secret_ends_on", {**ENTRA, "secret_ends_on": None}),
        ("entra.secret_ends_on", {**ENTRA, "secret_ends_on": "31/08/2027"}),
        ("entra.client_secret", {"name": "entra", "kind": "entra", "secret_ends_on": "2027-08-31"}),
        ("google.kind", {"name": "google", "kind": [None]}),
        ("google.issuer", {"name": "google", "kind": "google", "issuer": 0}),
        ("google.metadata_url", {"name": "google", "kind": "google", "metadata_url": 0}),
        ("google.label", {"name": "google", "kind": "google", "label": "x" * 41}),
        ("google.on", {"name": "google", "kind": "google", "on": "yes"}),
        ("google.client_secret", {**GOOGLE, "client_secret": None, "on": True}),
    ],
)
def test_what_cannot_be(console: Console, name: str, values: dict[str, Any]) -> None:
    answer = put(console, values)
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, [name])


@pytest.mark.parametrize("connections", [None, "google", [1], [{}], [{"name": None}], {"name": "google"}])
def test_what_is_no_list_of_connections(console: Console, connections: Any) -> None:
    assert console.post(SSO, {"connections": connections}, "put").status_code == 422


def test_a_school_has_four_at_most(console: Console) -> None:
    four = [{"name": f"p{number}", "kind": "google"} for number in range(4)]
    assert put(console, *four).status_code == 200
    assert list(put(console, {"name": "p4", "kind": "google"}).json_body["fields"]) == ["connections"]


def test_what_was_read_can_be_put_back_and_changes_nothing(console: Console) -> None:
    put(console, GOOGLE, ENTRA)
    put(console, {"name": "google", "on": True})
    before = console.get(SSO).json_body
    answer = console.post(SSO, before, "put")
    assert (answer.status_code, answer.json_body) == (200, before)
    whole = settings_of(console)
    assert console.post("/admin/northbridge/settings", whole, "put").status_code == 200
    assert settings_of(console) == whole


def test_the_settings_of_all_do_not_change_a_provider(console: Console) -> None:
    put(console, {**GOOGLE, "on": True})
    whole = settings_of(console)["sso"]
    forged = [{**whole["connections"][0], "issuer": "https://evil.example"}]
    answer = console.post("/admin/northbridge/settings", {"sso": {"connections": forged}}, "put")
    assert list(answer.json_body["fields"]) == ["sso.connections"]
    kept = console.post("/admin/northbridge/settings", {"sso": {"roles": ["parent"]}}, "put").json_body["sso"]
    assert kept["roles"] == ["student", "teacher", "parent"]


def test_another_secret_counts_at_once_and_another_client_needs_its_own(console: Console) -> None:
    put(console, {**ENTRA, "on": True})
    secrets = console.system.clients("secretsmanager").kept
    (name,) = secrets
    put(console, {"name": "entra", "client_secret": "next.secret", "secret_ends_on": "2028-01-01"})
    assert secrets == {name: "next.secret"}
    assert (one(console, "entra")["version"], one(console, "entra")["secret_ends_on"]) == (1, "2028-01-01")
    other = TENANT.replace("1", "2")
    refused = put(console, {"name": "entra", "client_id": other})
    assert list(refused.json_body["fields"]) == ["entra.client_secret"]
    put(console, {"name": "entra", "client_id": other, "client_secret": "third.secret", "secret_ends_on": "2028-02-01"})
    assert list(secrets.values()) == ["third.secret"]
    assert one(console, "entra")["version"] == 2


def test_with_a_second_admin_a_provider_waits_and_the_first_stays_in_force(console: Console) -> None:
    put(console, {**GOOGLE, "on": True})
    console.add([SECOND])
    answer = put(console, {"name": "google", "tenant": ["evil.example"]})
    assert answer.status_code == 202
    assert answer.json_body["waiting"][0]["changes"][0]["setting"] == "sso.connections"
    assert "evil.example" in answer.json_body["waiting"][0]["changes"][0]["to_text"]
    (in_force,) = settings_of(console)["sso"]["connections"]
    assert (in_force["version"], in_force["tenant"]) == (1, ["northbridge.example"])
    assert one(console)["waits"] is True
    more = put(console, {**ENTRA, "on": True})  # the same admin's next wish joins the first
    texts = more.json_body["waiting"][0]["changes"][0]["to_text"]
    assert "evil.example" in texts
    assert TENANT in texts
    console.token = console.sign_in(SECOND)
    assert put(console, {"name": "google", "label": "G"}).json_body["code"] == "change_waits"
    waiting = console.get(SSO).json_body["waiting"][0]["id"]
    assert console.post(f"/admin/northbridge/settings/waiting/{waiting}/approve", {}).status_code == 200
    now = {each["name"]: each["version"] for each in settings_of(console)["sso"]["connections"]}
    assert now == {"google": 2, "entra": 1}
    assert one(console)["waits"] is False


def test_a_provider_is_removed_only_when_it_is_off_and_its_versions_never_come_again(console: Console) -> None:
    put(console, {**GOOGLE, "on": True})
    assert console.http.delete(f"{SSO}/google", headers=console.headers("application/json")).status_code == 409
    put(console, {"name": "google", "on": False})
    put(console, {"name": "google", "label": "G"})
    assert console.form(f"{SSO}/google/delete", {}).status_code == 303
    assert console.get(SSO).json_body["connections"] == []
    assert console.system.clients("secretsmanager").kept == {}
    put(console, GOOGLE)
    assert one(console)["version"] == 3


def test_a_check_names_what_is_wrong_and_what_mends_it(console: Console, doorways: Doorways) -> None:
    put(console, GOOGLE)
    doorways.answer("federate", {"findings": [{"check": "secret", "state": "stop", "why": "refused", "said": "invalid_client"}]})
    answer = console.post(f"{SSO}/check", {"name": "google"})
    found = {each["name"]: each for each in answer.json_body["checks"]}
    assert doorways.asked == [("federate", {"check": {"school": "northbridge", "connection": "google", "version": 1}})]
    assert (found["secret"]["state"], found["secret"]["said"]) == ("stop", "invalid_client")
    assert "paste its value" in found["secret"]["fix"]
    assert (found["consent"]["state"], found["consent"]["fix"]) == ("unknown", "Try it yourself.")
    assert one(console)["state"] == "stop"
    page = console.page(f"{SSO}/google").body.decode()
    assert "The provider refuses the client secret" in page
    assert GOOGLE_ID in page
    put(console, {"name": "google", "label": "G"})  # another version: what was found of the old one counts no more
    assert one(console)["checked_at"] is None


@pytest.mark.parametrize("answer", [None, [], {"errorMessage": "x"}])
def test_a_check_that_could_not_be_made_says_so(console: Console, doorways: Doorways, answer: Any) -> None:
    put(console, GOOGLE)
    doorways.answer("federate", answer, failed=isinstance(answer, dict))
    assert console.post(f"{SSO}/check", {"name": "google"}).status_code == 503


def test_checks_are_limited_and_name_a_provider(console: Console, doorways: Doorways) -> None:
    put(console, GOOGLE)
    doorways.answer("federate", {"findings": []})
    assert console.post(f"{SSO}/check", {"name": "nobody"}).status_code == 404
    assert {console.post(f"{SSO}/check", {"name": name}).status_code for name in (7, None, [])} == {422}
    codes = [console.post(f"{SSO}/check", {}).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


def test_a_try_is_begun_and_its_result_is_shown(console: Console) -> None:
    put(console, GOOGLE)
    begun = console.form(f"{SSO}/google/try", {})
    assert begun.status_code == 303
    place = begun.headers["Location"]
    assert place.startswith("/schools/northbridge/sso/google?try=")
    looks = console.system.wiring("console").sso_looks("northbridge")
    trial = looks.trial("google")
    assert trial is not None
    assert (trial.id, trial.by) == (place.rpartition("=")[2], HEAD_TEACHER.id)
    wrong = Finding(check="tenant", state="stop", why="other")
    looks.end(replace(trial, ended_at=int(START), findings=(wrong,), account="me@private.example"))
    found = one(console)
    assert found["trial"]["account"] == "me@private.example"
    assert next(each for each in found["checks"] if each["name"] == "tenant")["state"] == "stop"
    page = console.page(f"{SSO}/google", tried="1").body.decode()
    assert "me@private.example" in page
    assert "it is not of northbridge.example" in page


def test_the_secrets_end_is_warned_of_thirty_days_before(console: Console) -> None:
    put(console, {**ENTRA, "secret_ends_on": "2026-12-17"})  # it is 18 November
    found = next(each for each in one(console, "entra")["checks"] if each["name"] == "secret")
    assert (found["state"], found["why"]) == ("warn", "ends_soon")
    put(console, {"name": "entra", "secret_ends_on": "2026-11-17"})
    found = next(each for each in one(console, "entra")["checks"] if each["name"] == "secret")
    assert (found["state"], found["why"]) == ("stop", "expired")
    put(console, {"name": "entra", "secret_ends_on": "2026-12-20"})
    assert "secret" not in {each["name"] for each in one(console, "entra")["checks"]}


def test_saml_is_read_from_its_metadata(console: Console, doorways: Doorways) -> None:
    doorways.answer(
        "saml",
        {
            "issuer": "https://idp.example",
            "sign_in_url": "https://idp.example/sso",
            "certificates": ["MII1"],
            "scopes": ["A.example"],
        },
    )
    rm = {"name": "rm-unify", "kind": "saml", "roles": ["teacher"], "metadata_url": "https://idp.example/metadata", "on": True}
    (found,) = put(console, rm).json_body["connections"]
    assert (found["issuer"], found["certificates"], found["tenant"]) == ("https://idp.example", 1, ["a.example"])
    assert found["redirect_address"] == "https://latchkey.test/sso/saml"
    assert found["entity_id"] == "https://latchkey.test/sso/saml/metadata/northbridge/rm-unify"
    doorways.answer("saml", {"wrong": "unreachable"})
    refused = put(console, {"name": "rm-unify", "metadata_url": "https://other.example/metadata"})
    assert refused.json_body["fields"]["rm-unify.metadata_url"].startswith("Nothing answers at this address.")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_provider_that_is_offered_can_be_added(console: Console, name: str) -> None:
    saved = console.form(f"{SSO}/{name}/registration", {f"{name}.label": "Ours"})
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{SSO}/{name}?saved=1")
    assert one(console, name)["version"] == 1


def headings(console: Console, *paths: str) -> list[str]:
    return [found[1] for path in paths if (found := re.search("<h1>(.+?)</h1>", console.page(path).body.decode()))]


def test_a_provider_without_a_name_of_its_own_is_called_as_the_school_calls_it(console: Console) -> None:
    """ "Another OpenID provider" is a choice in a list, and no name within a sentence."""
    at = f"{SSO}/openid"
    assert headings(console, f"{at}/registration") == ["Register at the provider"]
    console.form(f"{at}/registration", {"openid.label": "your school account"})
    pages = (at, f"{at}/registration", f"{at}/people")
    assert headings(console, *pages) == [
        "Your school account",
        "Register at your school account",
        "Who signs in with your school account",
    ]
    assert "Remove your school account</button>" in console.page(at).body.decode()
    assert "Your school account</a>" in console.page(SSO).body.decode()
    assert not any("Another OpenID" in console.page(path).body.decode() for path in (*pages, SSO))
    assert headings(console, f"{SSO}/google/registration") == ["Register at Google Workspace"]


def der(length: int = 600) -> bytes:
    """What could be a certificate, to who does not look inside: ``saml`` does."""
    return b"\x30\x82" + (length - 4).to_bytes(2) + bytes(length - 4)


CERTIFICATE: Final = b64encode(der()).decode()
PEM: Final = f"-----BEGIN CERTIFICATE-----\r\n{CERTIFICATE[:64]}\r\n{CERTIFICATE[64:]}\r\n-----END CERTIFICATE-----\r\n"
FEDERATED: Final = {"name": "saml", "kind": "saml", "metadata_url": "https://mdq.example/entities/idp"}
READ: Final = {"issuer": "https://idp.example", "sign_in_url": "https://idp.example/sso", "certificates": ["MII1"], "scopes": []}


def test_a_federations_certificate_is_kept_and_the_metadata_is_read_with_it(console: Console, doorways: Doorways) -> None:
    doorways.answer("saml", READ)
    (found,) = put(console, {**FEDERATED, "metadata_certificate": PEM}).json_body["connections"]
    assert (found["metadata_certificate"], found["version"]) == (CERTIFICATE, 1)
    asked = {"url": "https://mdq.example/entities/idp", "signed_by": CERTIFICATE}
    assert doorways.asked == [("saml", {"read_metadata": asked})]
    again = put(console, {"name": "saml", "metadata_certificate": CERTIFICATE, "label": "Glow"}).json_body["connections"][0]
    assert (again["version"], len(doorways.asked)) == (2, 1)  # the same signer: nothing is read for another label
    page = console.page(f"{SSO}/saml/registration").body.decode()
    assert f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE[:64]}\n" in page
    form = {
        "saml.metadata_url": FEDERATED["metadata_url"],
        "saml.metadata_certificate": PEM,
        "saml.tenant": "",
        "saml.label": "G",
    }
    assert console.form(f"{SSO}/saml/registration", form).status_code == 303
    assert one(console, "saml")["metadata_certificate"] == CERTIFICATE
    assert len(doorways.asked) == 1
    assert console.form(f"{SSO}/saml/registration", {**form, "saml.metadata_certificate": ""}).status_code == 303
    assert one(console, "saml")["metadata_certificate"] == ""
    assert doorways.asked[1:] == [("saml", {"read_metadata": {**asked, "signed_by": ""}})]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("not a certificate", "Paste one certificate"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "Paste one certificate"),
        (PEM + PEM, "Paste one certificate"),
        (CERTIFICATE[:-8], "Paste one certificate"),
        (b64encode(b"x" * 600).decode(), "Paste one certificate"),
        (b64encode(der(7_000)).decode(), "Paste one certificate"),
        ("é" * 100, "Paste one certificate"),
        (PEM.replace("CERTIFICATE", "PRIVATE KEY"), "That is a private key"),
        (f"{PEM}-----BEGIN RSA PRIVATE KEY-----", "That is a private key"),
        (7, "Paste one certificate"),
        (None, "Paste one certificate"),
        ([PEM], "Paste one certificate"),
    ],
)
def test_what_is_no_certificate_is_said_before_anybody_is_asked(
    console: Console, doorways: Doorways, given: Any, words: str
) -> None:
    answer = put(console, {**FEDERATED, "metadata_certificate": given})
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["saml.metadata_certificate"])
    assert answer.json_body["fields"]["saml.metadata_certificate"].startswith(words)
    assert doorways.asked == []


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("refused", "signed with another certificate"),
        ("unsigned", "is not signed"),
        ("expired", "has ended"),
        ("unusable", "no certificate of an RSA key"),
        ("news", "no certificate of an RSA key"),
    ],
)
def test_what_a_federations_certificate_does_not_fit(console: Console, doorways: Doorways, why: str, words: str) -> None:
    doorways.answer("saml", {"wrong": why, "of": "federation"})
    answer = put(console, {**FEDERATED, "metadata_certificate": PEM})
    assert list(answer.json_body["fields"]) == ["saml.metadata_certificate"]
    assert words in answer.json_body["fields"]["saml.metadata_certificate"]
    assert console.get(SSO).json_body["connections"] == []


def test_a_certificate_belongs_to_metadata_of_saml(console: Console) -> None:
    alone = {"name": "saml", "kind": "saml", "metadata_certificate": PEM}
    assert list(put(console, alone).json_body["fields"]) == ["saml.metadata_url"]
    assert list(put(console, {**GOOGLE, "metadata_certificate": PEM}).json_body["fields"]) == ["google.metadata_certificate"]


def test_a_private_key_that_was_pasted_is_not_shown_again(console: Console) -> None:
    key = PEM.replace("CERTIFICATE", "PRIVATE KEY")
    answer = console.form(f"{SSO}/saml/registration", {"saml.metadata_url": "x", "saml.metadata_certificate": key})
    assert answer.status_code == 422
    body = answer.body.decode()
    assert "That is a private key" in body
    assert CERTIFICATE[:64] not in body


@pytest.mark.parametrize(
    ("state", "why", "words"),
    [
        ("warn", "refused", "signed with another certificate than the federation’s"),
        ("warn", "unsigned", "The metadata is not signed"),
        ("warn", "expired", "The date of the federation’s certificate is over"),
        ("warn", "ends_soon", "ends within 30 days"),
        ("stop", "unusable", "cannot be used"),
        ("ok", "", "signed with the federation’s certificate"),
    ],
)
def test_the_self_check_names_what_is_wrong_with_the_federations_signature(
    console: Console, doorways: Doorways, state: str, why: str, words: str
) -> None:
    doorways.answer("saml", READ)
    put(console, {**FEDERATED, "metadata_certificate": PEM})
    doorways.answer("saml", {"findings": [{"check": "federation", "state": state, "why": why}]})
    found = next(
        each for each in console.post(f"{SSO}/check", {"name": "saml"}).json_body["checks"] if each["name"] == "federation"
    )
    assert (found["title"], found["state"]) == ("The federation’s signature", state)
    assert words in found["text"]
    assert bool(found["fix"]) == (state != "ok")
    assert words in console.page(f"{SSO}/saml").body.decode()


@pytest.mark.parametrize("name", sorted(name for name, (kind, _) in SAMPLES.items() if kind == "saml"))
def test_the_entity_id_to_copy_is_the_one_that_our_requests_and_our_metadata_name(console: Console, name: str) -> None:
    """A provider that was given another one answers for somebody else."""
    shown = one(console, name)["entity_id"]
    assert connection_of("https://latchkey.test", shown) == ("northbridge", name)
    assert name in OFFERED
    assert shown in console.page(f"{SSO}/{name}/registration").body.decode()


def test_forms_save_page_by_page(console: Console) -> None:
    answer = console.form(
        f"{SSO}/entra/registration",
        {
            "entra.tenant": TENANT,
            "entra.client_id": CLIENT,
            "entra.client_secret": "abc~def.ghi",
            "entra.secret_ends_on": "2027-08-31",
            "entra.label": "Microsoft",
        },
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SSO}/entra?saved=1")
    answer = console.form(
        f"{SSO}/entra/people",
        {
            "entra.roles.student": "on",
            "entra.match_on": "upn",
            "entra.match_claim": "",
            "entra.proves_second_factor": "on",
            "entra.on": "on",
        },
    )
    assert answer.status_code == 303
    found = one(console, "entra")
    assert (found["roles"], found["match_on"], found["match_claim"]) == (["student"], "upn", "preferred_username")
    assert (found["on"], found["proves_second_factor"]) == (True, True)
    assert "In use" in console.page(SSO).body.decode()
    wrong = console.form(f"{SSO}/entra/people", {"entra.on": "on"})
    assert wrong.status_code == 422
    assert "Choose who signs in with it." in wrong.body.decode()
    assert console.form(f"{SSO}/entra/people", {"google.on": "on"}).status_code == 422


def test_only_an_admin_of_the_school(console: Console) -> None:
    pupil = make_person(1)
    console.add([pupil])
    console.token = console.sign_in(pupil)
    assert {put(console, GOOGLE).status_code, console.get(SSO).status_code, console.get(f"{SSO}/google").status_code} == {404}
    console.token = console.sign_in(HEAD_TEACHER, "southgate")
    assert {put(console, GOOGLE).status_code, console.get(SSO).status_code} == {404}


def test_admins_must_only_once_somebody_keeps_a_password_and_a_second_step(console: Console) -> None:
    assert put(console, {"name": "google", "kind": "google", **GOOGLE}).status_code == 200
    refused = put(console, admins="must")
    assert (refused.status_code, list(refused.json_body["fields"])) == (422, ["local_admins"])
    able = make_person(7, role="staff", is_admin=True, password_set_at=1, second_factors=("totp",), year_group=None)
    console.add([able])
    shown = console.form(SSO, {"admins": "must"}).body.decode()
    assert f'name="local_admins.{able.id}"' in shown
    assert "Choose at least one admin" in shown
    # There is a second admin now, so it waits; the first one's wish stands beside.
    assert put(console, admins="must", local_admins=[HEAD_TEACHER.id]).status_code == 422
    assert put(console, admins="must", local_admins=[able.id]).status_code == 202
    assert {"sso.admins", "sso.local_admins"} <= set(re.findall(r"sso\.\w+", json.dumps(console.get(SSO).json_body["waiting"])))


def test_after_a_switch_back_the_page_mails_exactly_those_who_have_no_way_in(console: Console) -> None:
    with_password = make_person(1, password_set_at=1)
    console.add([with_password, make_person(2), make_person(3, email=None)])
    on = {"name": "google", "kind": "google", **GOOGLE, "roles": ["student"], "on": True}
    assert put(console, on).status_code == 200
    assert "use passwords again" not in console.page(SSO).body.decode()
    console.system.clock.now += 100
    assert put(console, {"name": "google", "on": False}).status_code == 200
    page = console.page(SSO).body.decode()
    assert "Students use passwords again" in page
    assert "Send links to these 2" in page
    assert "Print slips for these 2" in page
    led = console.form(
        "/admin/northbridge/sends",
        {"kind": "password_link", "to": "filter", "filter.role": "student", "filter.standing": "not_ready"},
    )
    assert led.status_code in {200, 303}
    listed = console.get("/admin/northbridge/people", role="student", standing="not_ready").json_body["items"]
    assert {each["id"] for each in listed} == {make_person(2).id, make_person(3).id}


@pytest.mark.parametrize("given", [0, None, "a", [1]])
def test_admins_who_keep_a_password_are_a_list_also_where_nobody_asks(console: Console, given: Any) -> None:
    answer = console.post(SSO, {"connections": [], "admins": "no", "local_admins": given}, "put")
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["local_admins"])
