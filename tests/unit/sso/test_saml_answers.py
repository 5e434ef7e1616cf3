"""Answers of SAML providers: the right ones are read as they were signed, and of a corpus of forged and odd ones none gets in."""

import base64
import copy
from collections.abc import Callable
from typing import Any, Final

import pytest
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from latchkey.sso.model.connection import Connection
from latchkey.sso.model.proof import Proof
from latchkey.sso.saml.answer import read_answer
from latchkey.sso.saml.assertion import Expected
from latchkey.sso.saml.attributes import proof_of
from latchkey.sso.saml.envelope import opened
from latchkey.sso.saml.refusals import Refused
from tests.support.saml_provider import (
    DS,
    EPPN,
    FAMILY,
    GIVEN,
    MAIL,
    PERSISTENT,
    PLACE,
    SAML,
    SAMLP,
    TARGETED,
    Answer,
    attribute,
    instant,
    keys,
    posted,
    sign,
)
from tests.support.saml_provider import other as _other

NOW: Final = 1_800_000_000
UNIFY: Final = Connection(
    name="unify",
    kind="saml",
    label="RM Unify",
    roles=("teacher", "student"),
    issuer="https://idp.test/entity",
    tenant=("northbridge.test",),
    match_claim="mail",
    version=2,
)
PERSON: Final = {
    MAIL: ["ann@northbridge.test"],
    EPPN: ["ann@northbridge.test"],
    GIVEN: ["Ann"],
    FAMILY: ["Lee"],
}
GOOD: Final = Answer(attributes=PERSON)


def other(**facts: Any) -> Answer:
    """The good answer but for some facts."""
    return _other(GOOD, **facts)


def expected(**facts: Any) -> Expected:
    """What the attempt expects."""
    usual: dict[str, Any] = {
        "issuer": UNIFY.issuer,
        "audience": GOOD.audience,
        "recipient": GOOD.recipient,
        "answers": GOOD.answers,
        "asked_at": NOW - 60,
        "now": NOW,
    }
    return Expected(**{**usual, **facts})


def proof(document: str | bytes, connection: Connection = UNIFY, **facts: Any) -> Proof:
    """Who gets in with a response."""
    certificates = (keys().text, keys("next").text)
    said = read_answer(opened(posted(document)), certificates, expected(**facts))
    return proof_of(said, connection, "northbridge", NOW)


def refusal(document: str | bytes, connection: Connection = UNIFY, **facts: Any) -> str:
    """Why nobody gets in with a response."""
    with pytest.raises(Refused) as refused:
        proof(document, connection, **facts)
    return refused.value.reason


@pytest.mark.parametrize(
    "document",
    [
        GOOD.signed(),
        GOOD.signed(keys("next")),
        GOOD.signed_around(),
        GOOD.signed_twice(),
        GOOD.signed(method=SignatureMethod.RSA_SHA512, digest=DigestAlgorithm.SHA512),
        other(destination=None).signed(),
        other(envelope_answers="").signed(),
    ],
    ids=["assertion", "the next key", "response", "both", "SHA-512", "no destination", "no envelope's attempt"],
)
def test_a_right_answer_is_read(document: str) -> None:
    found = proof(document)
    assert (found.school, found.connection, found.kind, found.issuer) == ("northbridge", "unify", "saml", UNIFY.issuer)
    assert (found.subject, found.tenant, found.email, found.upn) == (
        "subject-1",
        "northbridge.test",
        "ann@northbridge.test",
        "ann@northbridge.test",
    )
    assert (found.given_name, found.family_name, found.strong, found.at) == ("Ann", "Lee", False, NOW)


def test_an_elliptic_key_is_as_good() -> None:
    strong = keys("curve", "ec")
    said = read_answer(opened(posted(GOOD.signed(strong))), [strong.text], expected())
    assert said.persistent == "subject-1"


@pytest.mark.parametrize("weak", ["rsa1024", "nothing"])
def test_a_key_that_is_too_weak_counts_for_nothing(weak: str) -> None:
    certificate = keys("weak", weak).text if weak != "nothing" else "AAAA"
    with pytest.raises(Refused, match="keys"):
        read_answer(opened(posted(GOOD.signed(keys("weak", "rsa1024")))), [certificate], expected())


def test_an_old_certificate_in_the_metadata_still_counts() -> None:
    """The provider ends a key by taking it out of its metadata; the self-check warns of the date."""
    old = keys("old", ends_in_days=-10)
    assert read_answer(opened(posted(GOOD.signed(old))), [old.text], expected()).persistent == "subject-1"


def tree(document: str) -> Any:
    return etree.fromstring(document)


def text(root: Any) -> str:
    return str(etree.tostring(root).decode())


def find(root: Any, name: str) -> Any:
    return next(root.iter(f"{{{SAML}}}{name}"))


EVIL: Final = other(subject="head-teacher", attributes={**PERSON, MAIL: ["head@northbridge.test"]}, id="_evil")
"""What an attacker would like to have signed."""


def evil_assertion(**facts: Any) -> Any:
    return tree(_other(EVIL, **facts).assertion().replace(PLACE, ""))


def wrapped(how: int) -> str:
    """Signature wrapping, as "On Breaking SAML" numbers it: 1 and 2 around a signed response, the rest around an assertion."""
    if how <= 2:
        return _around_response(how)
    root = tree(GOOD.signed())
    real = find(root, "Assertion")
    signature = real.find(f"{{{DS}}}Signature")
    evil = evil_assertion()
    match how:
        case 3:
            root.insert(root.index(real), evil)
        case 4:
            root.replace(real, evil)
            evil.append(real)
        case 5:
            evil = copy.deepcopy(real)
            evil.set("ID", "_evil")
            find(evil, "NameID").text = "head-teacher"
            real.remove(signature)
            root.append(real)
            root.insert(root.index(real), evil)
        case 6:
            evil.insert(1, signature)
            root.replace(real, evil)
            signature.append(real)
        case 7:
            extensions = etree.SubElement(root, f"{{{SAMLP}}}Extensions")
            extensions.append(evil)
        case _:
            root.replace(real, evil)
            evil.insert(1, signature)
            etree.SubElement(signature, f"{{{DS}}}Object").append(real)
    return text(root)


def _around_response(how: int) -> str:
    real = tree(GOOD.signed_around())
    evil = copy.deepcopy(real)
    evil.set("ID", "_evilresponse")
    find(evil, "NameID").text = "head-teacher"
    signature = evil.find(f"{{{DS}}}Signature")
    original = copy.deepcopy(real)
    original.remove(original.find(f"{{{DS}}}Signature"))
    if how == 1:
        signature.append(original)
    else:
        evil.insert(0, original)
    return text(evil)


@pytest.mark.parametrize("how", range(1, 9))
def test_signature_wrapping_gets_nobody_in(how: int) -> None:
    assert refusal(wrapped(how)) in {"shape", "signature", "unsigned"}


def with_same_id(document: str) -> str:
    root = tree(document)
    real = find(root, "Assertion")
    root.insert(root.index(real), evil_assertion(id=real.get("ID")))
    return text(root)


def swapped_namespace() -> str:
    """An assertion of another namespace beside the signed one, for a reader that looks at local names."""
    root = tree(GOOD.signed())
    fake = etree.SubElement(root, "{urn:oasis:names:tc:SAML:1.0:assertion}Assertion")
    fake.append(evil_assertion().find(f"{{{SAML}}}Subject"))
    return text(root)


def hidden_signature() -> str:
    """A signature in an attribute's value, where a reader that searches finds it."""
    root = tree(GOOD.signed())
    real = find(root, "Assertion")
    moved = real.find(f"{{{DS}}}Signature")
    find(real, "AttributeValue").append(moved)
    return text(root)


def two_signatures() -> str:
    root = tree(GOOD.signed())
    real = find(root, "Assertion")
    real.insert(2, copy.deepcopy(real.find(f"{{{DS}}}Signature")))
    return text(root)


def two_references() -> str:
    root = tree(GOOD.signed())
    reference = next(root.iter(f"{{{DS}}}Reference"))
    reference.getparent().append(copy.deepcopy(reference))
    return text(root)


def reference_to(uri: str) -> str:
    root = tree(GOOD.signed())
    next(root.iter(f"{{{DS}}}Reference")).set("URI", uri)
    return text(root)


def with_transform(algorithm: str) -> str:
    root = tree(GOOD.signed())
    transforms = next(root.iter(f"{{{DS}}}Transforms"))
    etree.SubElement(transforms, f"{{{DS}}}Transform").set("Algorithm", algorithm)
    return text(root)


def commented(document: str) -> str:
    """CVE-2017-11427: the signature still holds, and a reader that takes the first text finds another name."""
    return document.replace("subject-1<", "subject<!---->-1<")


def signed_by_itself() -> str:
    """Signed with the attacker's key, whose certificate is in the signature."""
    return GOOD.signed(keys("attacker"))


def mac() -> str:
    """HMAC with the public key as its secret (the classic confusion)."""
    root = tree(GOOD.signed())
    next(root.iter(f"{{{DS}}}SignatureMethod")).set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    return text(root)


def changed(old: str, new: str) -> Callable[[], str]:
    def make() -> str:
        document = GOOD.signed()
        assert old in document
        return document.replace(old, new)

    return make


def inside(answer: Answer, xml: str) -> str:
    """The answer with something more at the end of its response."""
    return answer.signed().replace("</samlp:Response>", f"{xml}</samlp:Response>")


FORGED: Final[dict[str, tuple[Callable[[], str | bytes], set[str]]]] = {
    "not signed": (lambda: GOOD.envelope(GOOD.assertion().replace(PLACE, "")), {"unsigned"}),
    "an empty signature": (lambda: GOOD.envelope(GOOD.assertion()), {"shape"}),
    "signed with another key": (signed_by_itself, {"signature"}),
    "the response with another key": (lambda: GOOD.signed_around(keys("attacker")), {"signature"}),
    "both, the response with another key": (
        lambda: sign(GOOD.envelope(sign(GOOD.assertion(), keys()), signed=True), keys("attacker")),
        {"signature"},
    ),
    "both, the assertion with another key": (
        lambda: sign(GOOD.envelope(sign(GOOD.assertion(), keys("attacker")), signed=True), keys()),
        {"signature"},
    ),
    "a name changed": (changed("subject-1<", "head-teacher<"), {"signature"}),
    "an address changed": (changed("ann@", "head@"), {"signature"}),
    "the audience changed": (changed("northbridge/unify", "southgate/unify"), {"signature"}),
    "SHA-1": (lambda: GOOD.signed(method=SignatureMethod.RSA_SHA1, digest=DigestAlgorithm.SHA1), {"algorithm"}),
    "a digest of SHA-1": (lambda: GOOD.signed(digest=DigestAlgorithm.SHA1), {"algorithm"}),
    "HMAC": (mac, {"algorithm"}),
    "inclusive canonical form": (
        lambda: GOOD.signed(c14n=CanonicalizationMethod.CANONICAL_XML_1_1),
        {"algorithm"},
    ),
    "with comments": (
        lambda: GOOD.signed(c14n=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS),
        {"algorithm"},
    ),
    "a weak key": (lambda: GOOD.signed(keys("weak", "rsa1024")), {"signature"}),
    "a transform more": (lambda: with_transform("http://www.w3.org/TR/1999/REC-xpath-19991116"), {"algorithm"}),
    "a stylesheet": (lambda: with_transform("http://www.w3.org/TR/1999/REC-xslt-19991116"), {"algorithm"}),
    "a reference to everything": (lambda: reference_to(""), {"shape"}),
    "a reference to a file": (lambda: reference_to("file:///etc/passwd"), {"shape"}),
    "a reference by XPointer": (lambda: reference_to("#xpointer(/)"), {"shape"}),
    "two references": (two_references, {"shape"}),
    "two signatures": (two_signatures, {"shape"}),
    "a signature elsewhere": (hidden_signature, {"shape"}),
    "another assertion with the same id": (lambda: with_same_id(GOOD.signed()), {"shape"}),
    "the same around a response": (lambda: with_same_id(GOOD.signed_around()), {"shape"}),
    "an assertion of another namespace": (swapped_namespace, {"shape"}),
    "two assertions, both signed": (
        lambda: GOOD.envelope(sign(GOOD.assertion(), keys()) + sign(other(id="_assertion2").assertion(), keys())),
        {"shape"},
    ),
    "an assertion alone": (lambda: sign(GOOD.assertion(), keys()), {"shape"}),
    "an encrypted assertion": (
        lambda: GOOD.envelope(f'<saml:EncryptedAssertion xmlns:saml="{SAML}"/>'),
        {"encrypted"},
    ),
    "one encrypted beside one that is not": (
        lambda: inside(GOOD, f'<saml:EncryptedAssertion xmlns:saml="{SAML}"/>'),
        {"encrypted"},
    ),
    "an encrypted name": (lambda: other(name_xml="<saml:EncryptedID/>").signed(), {"encrypted"}),
    "a comment in a name": (lambda: commented(GOOD.signed()), {"unreadable"}),
    "a comment before it all": (lambda: f"<!-- x -->{GOOD.signed()}", {"unreadable"}),
    "an instruction in a name": (changed("subject-1<", "subject<?x?>-1<"), {"unreadable"}),
    "an entity": (
        lambda: "<!DOCTYPE a [<!ENTITY e 'head'>]>" + GOOD.signed().replace("subject-1<", "&e;<"),
        {"unreadable"},
    ),
    "a file as an entity": (
        lambda: "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + GOOD.signed().replace("subject-1<", "&e;<"),
        {"unreadable"},
    ),
    "a document type that is fetched": (
        lambda: '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">' + GOOD.signed(),
        {"unreadable"},
    ),
    "a billion laughs": (
        lambda: "<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>" + GOOD.signed(),
        {"unreadable"},
    ),
    "UTF-16": (lambda: GOOD.signed().encode("utf-16"), {"unreadable"}),
    "UTF-7 in its own words": (
        lambda: '<?xml version="1.0" encoding="UTF-7"?>' + GOOD.signed(),
        {"unreadable"},
    ),
    "cut off": (lambda: GOOD.signed()[:-20], {"unreadable"}),
    "cut off early": (lambda: GOOD.signed()[:200], {"unreadable"}),
    "nothing": (lambda: "", {"unreadable"}),
    "no XML": (lambda: '{"SAMLResponse": 1}', {"unreadable"}),
    "too large": (lambda: inside(GOOD, " " * 260_000), {"unreadable"}),
    "too many elements": (lambda: inside(other(), "<x/>" * 5_000), {"unreadable"}),
    "too deep": (lambda: inside(GOOD, "<x>" * 500 + "</x>" * 500), {"unreadable"}),
    "a huge value": (lambda: other(subject="s" * 2_000).signed(), {"subject"}),
    "hundreds of attributes": (
        lambda: other(attributes={f"urn:x:{number}": ["1"] for number in range(150)}).signed(),
        {"shape"},
    ),
    "something unknown in the response": (lambda: inside(GOOD, '<x xmlns="urn:x"/>'), {"shape"}),
    "SAML 1.1": (lambda: other(version="1.1").signed(), {"shape"}),
    "another issuer": (lambda: other(issuer="https://evil.test/entity").signed(), {"issuer"}),
    "an issuer with a slash more": (lambda: other(issuer="https://idp.test/entity/").signed(), {"issuer"}),
    "an issuer in other letters": (lambda: other(issuer="https://IDP.test/entity").signed(), {"issuer"}),
    "for another school": (
        lambda: other(audience="https://latchkey.test/sso/saml/metadata/southgate/unify").signed(),
        {"audience"},
    ),
    "for another connection": (
        lambda: other(audience="https://latchkey.test/sso/saml/metadata/northbridge/other").signed(),
        {"audience"},
    ),
    "for nobody in particular": (
        lambda: other(conditions_xml=f'<saml:Conditions NotBefore="{instant(NOW)}"/>').signed(),
        {"audience"},
    ),
    "for us and, besides, for others only": (
        lambda: other(
            conditions_xml=f"<saml:Conditions><saml:AudienceRestriction><saml:Audience>{GOOD.audience}</saml:Audience>"
            "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://x.test</saml:Audience>"
            "</saml:AudienceRestriction></saml:Conditions>"
        ).signed(),
        {"audience"},
    ),
    "a condition that nobody knows": (
        lambda: other(
            conditions_xml=f"<saml:Conditions><saml:AudienceRestriction><saml:Audience>{GOOD.audience}</saml:Audience>"
            '</saml:AudienceRestriction><saml:Condition xsi:type="x"/></saml:Conditions>'
        ).signed(),
        {"shape"},
    ),
    "no conditions": (lambda: other(conditions_xml="").signed(), {"shape"}),
    "another recipient": (lambda: other(recipient="https://evil.test/sso/saml").signed(), {"recipient"}),
    "a recipient with more behind it": (lambda: other(recipient=f"{GOOD.recipient}?x").signed(), {"recipient"}),
    "another destination": (lambda: other(destination="https://evil.test/sso/saml").signed(), {"recipient"}),
    "signed around, without destination": (lambda: other(destination=None).signed_around(), {"recipient"}),
    "another attempt": (lambda: other(answers="_northbridge." + "1" * 32).signed(), {"attempt"}),
    "another attempt inside only": (
        lambda: other(answers="_northbridge." + "1" * 32, envelope_answers=GOOD.answers).signed(),
        {"attempt"},
    ),
    "another attempt outside only": (lambda: other(envelope_answers="_northbridge." + "1" * 32).signed(), {"attempt"}),
    "no attempt": (lambda: other(answers="").signed(), {"attempt"}),
    "not borne": (
        lambda: other(
            confirmation_xml='<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/>'
        ).signed(),
        {"shape"},
    ),
    "not confirmed": (lambda: other(confirmation_xml="").signed(), {"shape"}),
    "confirmed without end": (
        lambda: other(
            confirmation_xml='<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData InResponseTo="{GOOD.answers}" Recipient="{GOOD.recipient}"/>'
            "</saml:SubjectConfirmation>"
        ).signed(),
        {"time"},
    ),
    "too old": (lambda: other(now=NOW - 1_000).signed(), {"time"}),
    "from the future": (lambda: other(now=NOW + 1_000).signed(), {"time"}),
    "made before we asked": (lambda: other(now=NOW - 190).signed(), {"time"}),
    "a time that is none": (
        lambda: other(conditions_xml='<saml:Conditions NotBefore="yesterday"/>').signed(),
        {"shape"},
    ),
    "a session that is over": (
        lambda: other(
            statement_xml=f'<saml:AuthnStatement AuthnInstant="{instant(NOW)}" SessionNotOnOrAfter="{instant(NOW - 999)}"/>'
        ).signed(),
        {"time"},
    ),
    "not authenticated": (lambda: other(statement_xml="").signed(), {"shape"}),
    "declined": (lambda: other(status="urn:oasis:names:tc:SAML:2.0:status:Responder").signed(), {"declined"}),
    "a name that changes each time": (
        lambda: other(name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient").signed(),
        {"subject"},
    ),
    "an address as a name": (
        lambda: other(
            name_format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", subject="ann@northbridge.test"
        ).signed(),
        {"subject"},
    ),
    "no name": (lambda: other(name_xml="").signed(), {"subject"}),
    "an empty name": (lambda: other(subject="  ").signed(), {"subject"}),
    "two names": (
        lambda: other(name_xml=f'<saml:NameID Format="{PERSISTENT}">a</saml:NameID>' * 2).signed(),
        {"shape"},
    ),
    "elements in a name": (
        lambda: other(name_xml=f'<saml:NameID Format="{PERSISTENT}">subject-1<b>x</b></saml:NameID>').signed(),
        {"shape"},
    ),
    "of another school's scope": (lambda: other(attributes={**PERSON, EPPN: ["ann@southgate.test"]}).signed(), {"scope"}),
    "of two scopes": (
        lambda: other(attributes={**PERSON, EPPN: ["ann@northbridge.test", "ann@southgate.test"]}).signed(),
        {"scope"},
    ),
    "of a scope that looks alike": (
        lambda: other(attributes={**PERSON, EPPN: ["ann@northbridge.test.evil.test"]}).signed(),
        {"scope"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "reasons"), FORGED.values(), ids=FORGED)
def test_none_of_the_corpus_gets_in(make: Callable[[], str | bytes], reasons: set[str]) -> None:
    assert refusal(make()) in reasons


@pytest.mark.parametrize("field", [None, 7, ["a"], "%%%", "====", "PHg+", "a" * 400_000])
def test_what_is_no_response_is_refused(field: object) -> None:
    with pytest.raises(Refused) as refused:
        opened(field)
    assert refused.value.reason in {"unreadable", "shape"}


def test_base64_may_have_lines() -> None:
    packed = base64.encodebytes(GOOD.signed().encode()).decode()
    assert opened(packed).answers == GOOD.answers


@pytest.mark.parametrize(("by", "gets_in"), [(119, True), (121, False)])
def test_clocks_may_differ_by_two_minutes(by: int, gets_in: bool) -> None:
    """Of the answer's end, its beginning, and the moment at which it was made."""
    early, late = other(now=NOW + by).signed(), other(now=NOW - 300 - by + 1).signed()
    for document, facts in ((early, {}), (late, {"asked_at": NOW - 500})):
        if gets_in:
            assert proof(document, **facts).subject == "subject-1"
        else:
            assert refusal(document, **facts) == "time"


def test_asked_to_sign_in_anew_nobody_comes_in_whom_the_provider_knew() -> None:
    before = f'<saml:AuthnStatement AuthnInstant="{instant(NOW - 3_600)}"/>'
    assert refusal(other(statement_xml=before).signed(), anew=True) == "forced"
    assert proof(other(statement_xml=before).signed()).subject == "subject-1"
    assert proof(GOOD.signed(), anew=True).subject == "subject-1"


def test_a_second_factor_is_what_the_provider_says_in_the_words_for_it() -> None:
    assert proof(other(context="https://refeds.org/profile/mfa").signed()).strong
    assert not proof(other(context="urn:oasis:names:tc:SAML:2.0:ac:classes:Password").signed()).strong
    assert not proof(other(context="https://refeds.org/profile/mfa/x").signed()).strong


def test_who_it_is_may_come_as_an_attribute() -> None:
    transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    pairwise = "urn:oasis:names:tc:SAML:attribute:pairwise-id"
    inside = f'<saml:NameID Format="{PERSISTENT}">target-1</saml:NameID>'
    nested = other(name_format=transient, attributes_xml=attribute(TARGETED, [inside], raw=True))
    assert proof(nested.signed()).subject == "target-1"
    plain = other(
        name_format=transient, attributes={**PERSON, "urn:mace:dir:attribute-def:eduPersonTargetedID": ["t@northbridge.test"]}
    )
    assert proof(plain.signed()).subject == "t@northbridge.test"
    both = other(name_format=transient, attributes={**PERSON, pairwise: ["p@northbridge.test"]})
    assert proof(both.signed()).subject == "p@northbridge.test"
    assert proof(other(name_qualifier="https://other.test").signed()).subject == "https://other.test!subject-1"
    assert proof(other(name_qualifier=UNIFY.issuer).signed()).subject == "subject-1"


def test_of_several_values_none_is_guessed_and_an_odd_one_is_none() -> None:
    two = other(attributes={**PERSON, MAIL: ["a@northbridge.test", "b@northbridge.test"]})
    assert proof(two.signed()).email is None
    nested = other(attributes={GIVEN: ["Ann"]}, attributes_xml=attribute(MAIL, ["ann@northbridge.test<b>.evil</b>"], raw=True))
    assert proof(nested.signed(), Connection(name="u", kind="saml", label="", roles=(), issuer=UNIFY.issuer)).email is None
    assert proof(other(attributes={**PERSON, GIVEN: ["A" * 2_000]}).signed()).given_name == ""


def test_without_scopes_nobody_is_found_by_a_scoped_name() -> None:
    anybody = Connection(name="unify", kind="saml", label="", roles=(), issuer=UNIFY.issuer, match_on="upn", match_claim="")
    assert proof(GOOD.signed(), anybody).upn is None


def test_what_the_school_matches_by_is_read_from_its_attribute() -> None:
    by_id = Connection(
        name="unify", kind="saml", label="", roles=(), issuer=UNIFY.issuer, match_on="mis_id", match_claim="urn:x:mis"
    )
    assert proof(other(attributes={**PERSON, "urn:x:mis": ["A1"]}).signed(), by_id).mis_id == "A1"
    assert proof(GOOD.signed(), by_id).mis_id is None


RM_ROLE: Final = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
AFFILIATION: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"


@pytest.mark.parametrize(
    ("stated", "affiliations", "roles"),
    [
        (["Student"], [], ("student",)),
        (["TeachingStaff"], [], ("teacher",)),
        (["NonTeachingStaff"], [], ("staff",)),
        (["Parent"], [], ("parent",)),
        (["Governor"], [], ()),
        (["Other"], ["student"], ()),
        ([], ["student", "member"], ("student",)),
        ([], ["staff", "member"], ("teacher", "staff")),
        ([], ["faculty", "staff", "employee"], ("teacher",)),
        (["HeadBoy"], ["student"], ("student",)),
        (["Student", "TeachingStaff"], [], None),
        ([], ["student", "staff"], None),
        ([], ["member", "affiliate"], None),
        ([], [], None),
    ],
)
def test_as_what_the_provider_says_that_somebody_is_there(
    stated: list[str], affiliations: list[str], roles: tuple[str, ...] | None
) -> None:
    scoped = [f"{each}@northbridge.test" for each in affiliations]
    more = {name: values for name, values in ((RM_ROLE, stated), (AFFILIATION, scoped)) if values}
    assert proof(other(attributes={**PERSON, **more}).signed()).roles == roles


def test_rm_unifys_id_of_the_mis_needs_no_name_to_be_entered() -> None:
    by_id = Connection(name="unify", kind="saml", label="", roles=(), issuer=UNIFY.issuer, match_on="mis_id", match_claim="")
    said = {**PERSON, "http://schemas.rm.com/identity/claims/misidentifier": ["1017"]}
    assert proof(other(attributes=said).signed(), by_id).mis_id == "1017"
