"""Forgot password: one answer, one message, at most two calls to AWS, whoever is meant."""

import json
from collections import Counter
from typing import Any

import pytest

from latchkey.shared.model.identifiers import lookup
from tests.support.portal import ORIGIN, Portal

PATH = "/schools/northbridge/forgot-password"


def facts(answer: Any) -> tuple[Any, ...]:
    return answer.status_code, answer.body, sorted(answer.headers.items())


def count_calls(portal: Portal) -> Counter[str]:
    calls: Counter[str] = Counter()
    for name in ("dynamodb", "kms", "sqs"):
        portal.wiring.client(name).meta.events.register("before-call", lambda model, **_: calls.update([model.name]))
    return calls


TYPED: tuple[dict[str, str], ...] = (
    {"email": "ann@northbridge.example"},
    {"email": "ANN@northbridge.example "},
    {"username": "ann"},
    {"username": "new"},
    {"username": "gone"},
    {"identifier": "nobody"},
    {"email": "nobody@example.com"},
    {"email": "nobody@x.invalid"},
    {"email": "nobody@x.local"},
    {"email": "not an address"},
    {"email": "ann@northbridge.example,evil@x.example"},
    {"email": "ann@northbridge.example evil@x.example"},
    {"email": "a@northbridge.example <evil@x.example>"},
    {"email": "<ann@northbridge.example>evil@x.example"},
    {"email": '"ann@northbridge.example"@evil.example'},
    {"email": "=?utf-8?q?ann=40northbridge.example?=@evil.example"},
    {"email": "ann@northbridge.example\u2028cc:evil@x.example"},
    {"email": "cüre@cüre53.example"},
    {"email": "a" * 320},
    {"username": "{'S': 'ann'}"},
)


@pytest.mark.moto
def test_everybody_gets_the_same_answer_for_one_message(portal: Portal) -> None:
    portal.add("ann", email="ann@northbridge.example")
    portal.add("new", password=None)
    portal.add("gone", status="left")
    expected = facts(portal.post(PATH, {"username": "somebody"}))
    assert expected[0] == 202
    portal.requests()
    calls = count_calls(portal)
    for fields in TYPED:
        calls.clear()
        assert facts(portal.post(PATH, fields)) == expected, fields
        assert facts(portal.post(PATH, fields)) == expected, "also at once again"
        assert calls == {"SendMessage": 2}
        for message in portal.requests():
            calls.clear()
            assert sorted(message) == ["at", "by", "from", "key", "kind", "request", "school", "v"]
            assert (message["kind"], message["school"], message["at"]) == ("forgot", "northbridge", portal.wiring.now())
            assert len(message["key"]) == 32
            assert next(iter(fields.values())) not in json.dumps(message)


def test_the_key_is_that_of_the_stored_address_or_username_and_of_nobody_else(portal: Portal) -> None:
    key = portal.wiring.lookup_key("northbridge")
    wanted = {
        "Ann@Northbridge.example": ("email", lookup(key, "email", "ann@northbridge.example")),
        " ANN": ("username", lookup(key, "username", "ann")),
    }
    for typed, expected in wanted.items():
        portal.post(PATH, {"identifier": typed})
        assert [(message["by"], message["key"]) for message in portal.requests()] == [expected]
    for typed in ("ａnn@northbridge.example", "mi\u212ae", "ann@northbridge.example,x@x.example", "an\u200bn"):
        portal.post(PATH, {"identifier": typed})
        found = portal.requests()[0]["key"]
        assert found not in {expected[1] for expected in wanted.values()}
        assert found != lookup(key, "username", "mike")


@pytest.mark.moto
def test_a_cold_start_needs_three_calls_and_every_other_request_one_or_two(portal: Portal) -> None:
    calls = count_calls(portal)
    portal.post(PATH, {"username": "ann"})
    assert calls == {"GetItem": 1, "GenerateMac": 1, "SendMessage": 1}
    portal.system.clock.now += 61
    portal.post(PATH, {"username": "ben"})
    assert calls == {"GetItem": 2, "GenerateMac": 1, "SendMessage": 2}


HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, 1.5, [], ["a@x.example", "b@x.example"], {}, {"S": "a"}),
    *("", "a" * 321, "a\r\nCc: b", "\0", "\ud800"),
)


@pytest.mark.parametrize("name", ["email", "username", "identifier"])
def test_other_types_are_refused_without_a_message(portal: Portal, name: str) -> None:
    for value in HOSTILE:
        answer = portal.post(PATH, {name: value})
        assert answer.status_code == 422, value
        assert list(answer.json_body["fields"]) == [name]
    assert portal.requests() == []


def test_a_field_that_comes_twice_or_cannot_be_read_is_refused(portal: Portal) -> None:
    for body in ('{"email": "ann@northbridge.example", "email": "evil@x.example"}', "{", "[]", '"ann"'):
        assert portal.post(PATH, body).status_code == 400, body
    for body in ("email=ann%40northbridge.example&email=evil%40x.example", "email=%ff"):
        answer = portal.post(PATH, body, Content_Type="application/x-www-form-urlencoded", Origin=ORIGIN)
        assert answer.status_code == 400, body
    assert portal.requests() == []


def test_brackets_do_not_make_a_list(portal: Portal) -> None:
    answer = portal.submit(PATH, {"email[]": "ann@northbridge.example", "user[email][]": "evil@x.example"})
    assert answer.status_code == 422
    assert portal.post(PATH, {"email": "a@x.example", "username": "b"}).status_code == 422
    assert portal.requests() == []


def test_a_browser_sees_one_page_whatever_it_typed(portal: Portal) -> None:
    pages = set()
    for typed in ("ann", "nobody@x.example", "not an address"):
        answer = portal.submit(PATH, {"identifier": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PATH}?sent=1")
        pages.add(portal.page(answer.headers["Location"]).body)
    assert len(pages) == 1
    assert b"Look in your mail" in pages.pop()


def test_headers_of_the_request_change_nothing(portal: Portal) -> None:
    expected = facts(portal.post(PATH, {"username": "ann"}))
    first = portal.requests()[0]
    for name in (
        "Host",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-For",
        "Forwarded",
        "X-Host",
        "X-Original-URL",
        "X-Real-IP",
    ):
        assert facts(portal.post(PATH, {"username": "ann"}, **{name: "evil.example"})) == expected
        message = portal.requests()[0]
        assert "evil" not in json.dumps(message)
        assert message["from"] == first["from"], "the address that limits count is API Gateway's"


def test_when_the_queue_is_down_everybody_is_told_so(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    portal.add("ann", email="ann@northbridge.example")
    portal.post(PATH, {"username": "ann"})

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    monkeypatch.setattr(portal.wiring.client("sqs"), "send_message", fail)
    answers = {
        str(facts(portal.post(PATH, {"identifier": typed})))
        for typed in ("ann", "ann@northbridge.example", "nobody", "not an address")
    }
    assert len(answers) == 1
    assert answers.pop().startswith("(503")


def test_roles_with_the_schools_own_sign_in_are_told_before_they_type(portal: Portal) -> None:
    text = portal.page("/schools/southgate/forgot-password").body.decode()
    assert "Students and other staff" in text
    assert "Northbridge Online" in text
    assert 'href="https://sso.northbridge.example/in"' in text
    assert text.index("Northbridge Online") < text.index("<input")
    assert "Northbridge Online" not in portal.page(PATH).body.decode()


def test_the_answer_does_not_tell_who_signs_in_elsewhere(portal: Portal) -> None:
    portal.add("sam", "southgate")
    path = "/schools/southgate/forgot-password"
    assert facts(portal.post(path, {"username": "sam"})) == facts(portal.post(path, {"username": "nobody"}))


def test_a_school_that_does_not_exist_is_not_found(portal: Portal) -> None:
    assert portal.post("/schools/nowhere/forgot-password", {"username": "ann"}).status_code == 404
    assert portal.requests() == []


@pytest.mark.parametrize("around", ["\u00a0{}", "{}\t", "{}\n", "\u200b{}", "mailto:{}"])
def test_what_is_copied_with_an_address_is_left_out(portal: Portal, around: str) -> None:
    """The queue gets the same look-up key as for the bare address, known or not."""
    for address in ("ann@northbridge.example", "nobody@northbridge.example"):
        keys = []
        for typed in (address, around.format(address)):
            assert portal.post(PATH, {"email": typed}).status_code == 202
            keys += [message["key"] for message in portal.requests()]
        assert len(keys) == 2
        assert keys[0] == keys[1]
