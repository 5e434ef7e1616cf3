"""Links: looking changes nothing, one use wins, and whatever is wrong has its own answer."""

import re
import threading
from collections import Counter
from typing import Any

import pytest

from latchkey.password_links.model import links
from latchkey.password_links.model.links import SETS_PASSWORD
from latchkey.shared.stores.queues import Queue
from latchkey.sign_in import hashing
from tests.support.portal import ORIGIN, PASSWORD, Portal

NEW = "violet-kettle-77-north"


def use(portal: Portal, token: Any, password: Any = NEW) -> Any:
    return portal.post("/password-links/use", {"token": token, "password": password})


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


@pytest.mark.parametrize("purpose", sorted(SETS_PASSWORD))
def test_a_first_password_is_set_and_opens_the_account(portal: Portal, purpose: links.Purpose) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann, purpose=purpose)
    seen = portal.post("/password-links/check", {"token": token})
    assert seen.status_code == 200
    assert seen.json_body == {
        "purpose": purpose,
        "school": "northbridge",
        "school_name": "Northbridge Academy",
        "expires_at": "2026-11-18T12:06:40Z",
        "password": {"shortest": 10, "longest": 256},
        "person": {"given_name": "Ann", "username": "ann", "login": "ann"},
        "help": "",
        "language": None,
    }
    answer = use(portal, token)
    assert (answer.status_code, answer.body) == (204, b"")
    assert "Set-Cookie" not in answer.headers, "nobody is signed in by a link"
    assert portal.sign_in("ann", NEW).status_code == 201
    changed = portal.person(ann)
    assert (changed.version, changed.password_set_at, changed.used_link) == (1, portal.wiring.now(), links.fingerprint(token))
    told = portal.requests()
    assert [(message["kind"], message["school"], message["person"]) for message in told] == [
        ("password_changed", "northbridge", ann.id)
    ]
    assert NEW not in str(told)


def test_looking_any_number_of_times_changes_nothing(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann)
    for _ in range(3):
        assert portal.page("/set-password").status_code == 200
        assert portal.page(f"/set-password?token={token}").status_code == 200
        assert portal.post("/password-links/check", {"token": token}).status_code == 200
    for path in ("check", "use", "renew"):
        assert portal.get(f"/password-links/{path}").status_code == 405
    assert portal.person(ann) == ann
    assert portal.requests() == []
    assert use(portal, token).status_code == 204


def test_a_used_link_is_used_ever_after_with_any_password(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann, life=100_000)
    assert use(portal, token).status_code == 204
    for seconds in (0, 1, 60, 200_000):
        portal.system.clock.now += seconds
        assert code(use(portal, token)) == (410, "used")
        assert code(use(portal, token, "another-good-one-12")) == (410, "used")
        assert code(portal.post("/password-links/check", {"token": token})) == (410, "used")
    assert portal.person(ann).version == 1


def test_all_older_links_and_sessions_end_at_once(portal: Portal) -> None:
    ann = portal.add("ann")
    session = portal.sign_in("ann").json_body["token"]
    first, second = portal.token(ann, life=50), portal.token(ann, purpose="forgot")
    assert use(portal, first).status_code == 204
    assert portal.get("/account", Authorization=f"Bearer {session}").status_code == 401
    assert code(use(portal, second)) == (410, "replaced")
    assert portal.sign_in("ann", PASSWORD).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"email_key": "0" * 32},
        {"role": "teacher"},
        {"is_admin": True},
        {"status": "left"},
        {"status": "disabled"},
        {"version": 2},
    ],
    ids=str,
)
def test_a_changed_account_kills_its_links(portal: Portal, change: dict[str, Any]) -> None:
    ann = portal.add("ann", email="ann@northbridge.example")
    token = portal.token(ann)
    portal.wiring.directory("northbridge").change(ann.id, change)
    assert code(use(portal, token)) == (410, "replaced")
    assert portal.person(ann).password_set_at == ann.password_set_at


def test_a_link_is_too_old_from_its_last_second_on(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann, life=10)
    portal.system.clock.now += 9
    assert portal.post("/password-links/check", {"token": token}).status_code == 200
    portal.system.clock.now += 1
    assert code(use(portal, token)) == (410, "expired")


def test_a_link_of_a_school_that_now_signs_in_elsewhere_opens_nothing(portal: Portal) -> None:
    token = portal.token(portal.add("sam", "southgate", password=None), "southgate")
    for answer in (use(portal, token), portal.post("/password-links/check", {"token": token})):
        assert code(answer) == (410, "elsewhere")
        assert answer.json_body["sign_in"] == "https://sso.northbridge.example/in"
        assert answer.json_body["detail"].startswith("Southgate High signs you in with Northbridge Online now.")
    teacher = portal.add("tom", "southgate", password=None, role="teacher")
    assert portal.post("/password-links/check", {"token": portal.token(teacher, "southgate")}).json_body["password"] == {
        "shortest": 12,
        "longest": 256,
    }


def test_who_has_left_such_a_school_is_not_sent_to_its_sign_in(portal: Portal) -> None:
    sam = portal.add("sam", "southgate", password=None)
    token = portal.token(sam, "southgate")
    portal.wiring.directory("southgate").change(sam.id, {"status": "left"})
    assert code(use(portal, token)) == (410, "replaced")


def test_a_link_that_nobody_made_says_nothing_of_how_the_school_signs_in(portal: Portal) -> None:
    token = portal.token(portal.add("sam", "southgate", password=None), "southgate")
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert code(portal.post("/password-links/check", {"token": forged})) == (410, "damaged")


def test_a_token_that_is_not_exactly_ours_is_damaged(portal: Portal) -> None:
    ann, ben = portal.add("ann", password=None), portal.add("ben", password=None)
    token = portal.token(ann)
    session = portal.sign_in("ann").headers.get("Set-Cookie", "a.b.c")
    parts = token.split(".")
    forged = [
        token[:-1],
        token + "A",
        token.swapcase(),
        token.replace(ann.id, ben.id),
        token.replace("northbridge", "southgate"),
        token.replace("northbridge", "nowhere"),
        ".".join(["2", *parts[1:]]),
        ".".join([parts[0], "f", *parts[2:]]),
        ".".join([*parts[:4], format(2**35, "x"), *parts[5:]]),
        ".".join([*parts[:5], "1", *parts[6:]]),
        ".".join([*parts[:7], ""]),
        ".".join([*parts[:7], "é" * 43]),
        parts[-1],
        session,
        "0",
        "null",
        "1" * 2000,
        f"https://latchkey.test/set-password#{token}",
        "eyJhbGciOiJub25lIn0.e30.",
    ]
    for text in forged:
        for path in ("check", "use"):
            answer = portal.post(f"/password-links/{path}", {"token": text, "password": NEW})
            assert code(answer) == (410, "damaged"), text
        assert portal.post("/password-links/renew", {"token": text}).status_code == 202
    assert portal.person(ann) == ann
    assert portal.person(ben) == ben
    assert portal.requests() == []


HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, 0.0, [], ["x"], {}, {"S": "x"}, {"NULL": True}, {"$gt": 0}),
    *("", "x" * 2001, "a\nb", "a\0"),
)


@pytest.mark.parametrize("path", ["check", "use", "renew"])
def test_a_token_of_another_type_is_refused(portal: Portal, path: str) -> None:
    for value in HOSTILE:
        assert portal.post(f"/password-links/{path}", {"token": value, "password": NEW}).status_code == 422, value


def test_fields_that_name_somebody_else_change_nothing(portal: Portal) -> None:
    ann, ben = portal.add("ann", password=None), portal.add("ben", password=None)
    extra = {"person": ben.id, "user": ben.id, "id": ben.id, "school": "southgate", "email": "evil@x.example", "role": "staff"}
    answer = portal.post("/password-links/use", {"token": portal.token(ann), "password": NEW, **extra})
    assert answer.status_code == 204
    assert portal.person(ben) == ben
    assert portal.person(ann).role == "student"
    assert [message["person"] for message in portal.requests()] == [ann.id]


WEAK: tuple[tuple[Any, str], ...] = (
    ("short-one", "at least 10"),
    ("x" * 257, "at most 256"),
    ("aaaaaaaaaaaa", "repeats itself"),
    ("qwertyuiop1234", "repeats itself"),
    ("Password2024!", "tried first"),
    ("northbridge11", "your school"),
    ("AnnOkafor2013", "your name"),
    ("", "Enter a password."),
    (None, "Enter a password."),
    (12345678901234, "must be a text"),
    (["violet-kettle-77-north"], "must be a text"),
    ("violet-kettle\n77-north", "cannot be used here"),
    ("violet-kettle\x0077-north", "cannot be used here"),
    ("x" * 1025, "too long"),
)


def test_a_weak_password_says_why_and_never_costs_the_link(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann)
    for password, said in WEAK:
        answer = use(portal, token, password)
        assert answer.status_code == 422
        assert said in answer.json_body["fields"]["password"], password
    assert portal.person(ann) == ann
    assert use(portal, token).status_code == 204


def test_half_a_character_cannot_be_part_of_a_password(portal: Portal) -> None:
    token = portal.token(portal.add("ann", password=None))
    answer = portal.post("/password-links/use", f'{{"token": "{token}", "password": "violet-kettle-\\ud800-north"}}')
    assert answer.status_code == 422
    assert "cannot be used here" in answer.json_body["fields"]["password"]


def test_long_passwords_and_other_scripts_are_welcome(portal: Portal) -> None:
    for name, password in (
        ("a64", "kettle harbour violet " * 4),
        ("greek", "καλημέρα φίλε μου"),
        ("emoji", "🐘 rides a 🚲 to the 🌊 sea"),
    ):
        assert use(portal, portal.token(portal.add(name, password=None)), password).status_code == 204
        assert portal.sign_in(name, password).status_code == 201


def test_of_fifty_who_use_a_link_at_once_one_wins(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann)
    monkeypatch.setattr(hashing, "hash_of", lambda password: f"hash of {password}")  # the race is in the table, not in argon2
    lock, answers, start = threading.Lock(), Counter[Any](), threading.Barrier(50)
    winners = []

    def try_it(number: int) -> None:
        from latchkey import errors
        from latchkey.password_links import set_password

        start.wait()
        try:
            set_password.use(portal.wiring, token, f"{NEW} {number}")
            said: Any = 204
        except errors.LatchkeyError as error:
            said = error.code
        with lock:
            answers[said] += 1
            if said == 204:
                winners.append(number)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {204: 1, "used": 49}
    assert portal.wiring.credentials("northbridge").password_hash(ann.id) == f"hash of {NEW} {winners[0]}"
    assert portal.person(ann).version == 1
    assert len(portal.requests()) == 1


def test_a_password_stays_set_when_the_mail_cannot_be_asked_for(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ann = portal.add("ann", password=None, email="ann@northbridge.example")

    def fail(*_: Any) -> None:
        raise RuntimeError("ann@northbridge.example")

    monkeypatch.setattr(Queue, "put", fail)
    assert use(portal, portal.token(ann)).status_code == 204
    assert portal.sign_in("ann", NEW).status_code == 201
    assert "ann@" not in caplog.text + str([vars(record) for record in caplog.records])


def test_a_new_password_gives_the_budget_for_signing_in_back(portal: Portal) -> None:
    ann = portal.add("ann")
    for _ in range(11):
        portal.sign_in("ann", "wrong")
    assert portal.sign_in("ann").status_code == 429
    assert use(portal, portal.token(ann)).status_code == 204
    assert portal.sign_in("ann", NEW).status_code == 201


def test_a_link_cannot_be_made_to_hash_without_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann)
    hashed = Counter[str]()
    monkeypatch.setattr(hashing, "hash_of", lambda password: hashed.update(["hash"]) or password)
    monkeypatch.setattr("latchkey.sign_in.stores.passwords.Passwords.set", lambda *_, **__: None)
    statuses = Counter(use(portal, token, f"{NEW} {number}").status_code for number in range(62))
    assert statuses == {204: 60, 429: 2}
    assert hashed["hash"] == 60


def test_renewing_asks_for_a_mail_only_for_a_genuine_link_that_no_longer_works(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    live = portal.token(ann)
    old = portal.token(ann, life=-5)
    gone = portal.add("gone", status="left")
    bodies = {
        portal.post("/password-links/renew", {"token": token}).body
        for token in (live, old, portal.token(gone, version=0), "nonsense", old[:-2])
    }
    assert len(bodies) == 1
    asked = portal.requests()
    assert len(asked) == 1
    assert asked[0] == {
        "v": 1,
        "kind": "renew",
        "school": "northbridge",
        "person": ann.id,
        "request": asked[0]["request"],
        "at": portal.wiring.now(),
    }


def test_renewing_floods_nobody(portal: Portal) -> None:
    old = portal.token(portal.add("ann", password=None), life=-5)
    answers = {portal.post("/password-links/renew", {"token": old}).status_code for _ in range(10)}
    assert answers == {202}
    assert len(portal.requests()) == 3
    portal.system.clock.now += 3600
    portal.post("/password-links/renew", {"token": old})
    assert len(portal.requests()) == 1


def test_a_link_opens_nothing_but_its_own_door(portal: Portal) -> None:
    token = portal.token(portal.add("ann"))
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 401
    assert portal.page("/account", Cookie=f"__Host-latchkey={token}").status_code == 303
    assert portal.sign_in("ann", token).status_code == 401
    assert portal.sign_in(token, PASSWORD).status_code == 401


def test_no_public_answer_holds_a_token(portal: Portal) -> None:
    ann = portal.add("ann", password=None)
    token = portal.token(ann)
    mac = token.rpartition(".")[2]
    for path in ("/", "/schools", "/schools/northbridge", "/schools/northbridge/sessions", "/set-password", "/account"):
        for answer in (portal.get(path), portal.page(path)):
            assert mac not in str(answer.body) + str(answer.headers)
    for path in ("check", "renew", "use"):
        answer = portal.post(f"/password-links/{path}", {"token": token, "password": "weak"})
        assert mac not in str(answer.body) + str(answer.headers)
        if path != "check":  # which tells whose account it is to who may set its password
            assert "ann" not in str(answer.body).lower().replace("cannot", ""), "and no personal data"


def test_the_page_says_what_it_needs_and_loads_only_our_own_script(portal: Portal) -> None:
    page = portal.page("/set-password", Host="evil.example", X_Forwarded_Host="evil.example")
    text = page.body.decode()
    assert "<noscript>" in text
    assert "needs JavaScript" in text
    assert re.findall(r"<script src=./assets/([a-z.-]+)\?", text) == ["fragment.js", "passwords.js", "set-password.js"]
    assert "evil" not in text + str(page.headers)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "public, max-age=0, s-maxage=60", "the same for everyone: the link is in the fragment"


def test_another_site_cannot_use_a_link(portal: Portal) -> None:
    token = portal.token(portal.add("ann", password=None))
    fields = {"token": token, "password": NEW}
    for said in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert portal.post("/password-links/use", fields, **said).status_code == 403
    assert portal.post("/password-links/use", fields, Content_Type="text/plain").status_code == 415
    assert portal.post("/password-links/use", fields, Origin=ORIGIN).status_code == 204
