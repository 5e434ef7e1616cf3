"""What an adult sees of their children and does for them; anybody else's child is nobody."""

import json
import re
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.model.codes import MOST_FAILURES
from latchkey.errors import Gone, TryLater
from latchkey.families.add_child import add_child
from latchkey.families.leave_child import leave_child
from latchkey.families.reveal_pin import PER_ADULT, reveal_pin
from latchkey.families.send_child_link import PER_ADULT as LINKS
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, FamilyRule, Settings, SingleSignOn
from latchkey.shared.stores.dynamo import ConditionFailed
from latchkey.shared.stores.queues import Queue
from latchkey.sign_in.session import who as signed_in
from tests.support.portal import PASSWORD, Portal

CHILDREN = "/account/children"
ENDS = 1_795_000_000 + 90 * DAY
LIVE = CodeState(3, ENDS)
HERE = "198.51.100.7"
AT_ONCE = 50


class Family:
    """A mother with a child, whose session is open, at a school with somebody else's child."""

    def __init__(self, portal: Portal, **facts: Any) -> None:
        self.portal = portal
        mum = portal.add("mum", role="parent", email="mum@home.example")
        self.ann = self.child("ann", 7, parents=(mum.id,), **facts)
        self.mum = self.change(mum, children=[self.ann.id])
        self.other = self.child("bob", 8)
        token = portal.sign_in("mum").json_body["token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self.cookie = {"Cookie": f"__Host-latchkey={token}"}
        portal.requests()

    def child(self, name: str, number: int, **facts: Any) -> Person:
        facts = {"number": number, "pin": LIVE, "parent_code": LIVE, "password": None} | facts
        return self.portal.add(name, **facts)

    def change(self, person: Person, **facts: Any) -> Person:
        return self.portal.wiring.directory("northbridge").change(person.id, facts)

    def settings(self, **settings: Any) -> None:
        changed = replace(self.portal.schools["northbridge"], settings=Settings(**settings))
        self.portal.system.wiring("console").schools.change(changed)

    def get(self, path: str = CHILDREN) -> Any:
        return self.portal.get(path, **self.headers)

    def post(self, path: str, fields: Any = None) -> Any:
        return self.portal.post(path, fields or {}, **self.headers)

    def page(self, path: str = CHILDREN) -> str:
        return str(self.portal.page(path, **self.cookie).body.decode())

    def form(self, path: str, **fields: str) -> Any:
        return self.portal.submit(path, fields, **self.cookie)

    def delete(self, path: str) -> Any:
        return self.portal.http.delete(path, headers={"Accept": "application/json", **self.headers})

    def events(self, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
        found = self.portal.system.wiring("console").audit("northbridge").page(kind="deeds")[0]
        return [(each["actor"], each["action"], each["facts"]) for each in found if not kinds or each["action"] in kinds]

    def now(self, person: Person) -> Person:
        return self.portal.person(person)


@pytest.fixture
def family(portal: Portal) -> Family:
    return Family(portal)


class TestCards:
    def test_a_child_and_what_would_help(self, family: Family) -> None:
        (card,) = family.get().json_body["items"]
        assert card == {
            "id": family.ann.id,
            "given_name": "Ann",
            "family_name": "Okafor",
            "year_group": None,
            "registration_group": None,
            "sign_in": "no_password",
            "username": "ann",
            "email": None,
            "password_set_on": None,
            "last_login_on": None,
            "pin": "can",
            "link": "no_address",
        }

    def test_both_pages_have_a_card_with_buttons_that_name_the_child(self, family: Family) -> None:
        family.change(family.ann, email="ann@home.example", email_key="k")
        for path in ("/account", CHILDREN):
            page = family.page(path)
            assert re.search(r"<h3[^>]*><bdi>Ann Okafor</bdi>", page)
            assert 'Show the PIN<span class="hidden">(Ann Okafor)</span>' in page
            assert 'Send a password link<span class="hidden">(Ann Okafor)</span>' in page
            assert "a***@h***.example" in page
            assert "ann@home.example" not in page
            assert 'name="code"' in page
        assert family.page("/account").index("Ann Okafor</bdi>") < family.page("/account").index(">Password<"), "children first"

    def test_however_many_children_there_are_two_reads_make_the_page(self, family: Family) -> None:
        more = [family.child(f"child{n}", 20 + n, parents=[family.mum.id]) for n in range(30)]
        family.change(family.mum, children=[family.ann.id, *(each.id for each in more)])
        calls: list[str] = []
        client = family.portal.wiring.client("dynamodb")
        for name in ("get_item", "batch_get_item", "query"):
            asked = getattr(client, name)
            setattr(client, name, lambda *a, _n=name, _f=asked, **k: (calls.append(_n), _f(*a, **k))[1])
        assert len(family.get().json_body["items"]) == 31
        assert Counter(calls) == {"batch_get_item": 2}, "session, person and school at once; then the children"

    def test_children_who_left_or_are_linked_on_one_side_are_not_there(self, family: Family) -> None:
        family.change(family.ann, status="left")
        family.change(family.mum, children=[family.ann.id, family.other.id, "z" * 20])
        assert family.get().json_body["items"] == []
        assert "No child is on your account" in family.page()

    def test_a_teacher_with_a_child_has_the_same_page_and_one_without_a_way_to_it(self, family: Family) -> None:
        portal = family.portal
        teacher = portal.add("tess", role="teacher")
        cookie = {"Cookie": f"__Host-latchkey={portal.sign_in('tess').json_body['token']}"}
        assert f'href="{CHILDREN}"' in portal.page("/account", **cookie).body.decode()
        assert 'name="code"' in portal.page(CHILDREN, **cookie).body.decode()
        family.change(family.ann, parents=[family.mum.id, teacher.id])
        family.change(teacher, children=[family.ann.id])
        assert "Ann Okafor</bdi>" in portal.page("/account", **cookie).body.decode()

    def test_a_student_has_no_such_section_and_can_add_nobody(self, family: Family) -> None:
        portal = family.portal
        portal.add("sid", number=9)
        token = portal.sign_in("sid").json_body["token"]
        assert "Your children" not in portal.page("/account", Cookie=f"__Host-latchkey={token}").body.decode()
        headers = {"Authorization": f"Bearer {token}"}
        assert portal.get(CHILDREN, **headers).json_body["items"] == []
        assert portal.post(CHILDREN, {"code": portal.code(family.ann, "parent")}, **headers).status_code == 404

    def test_signed_out(self, portal: Portal) -> None:
        assert portal.get(CHILDREN).status_code == 401
        assert portal.page(CHILDREN).headers["Location"] == "/"
        assert portal.page(f"{CHILDREN}?school=southgate").headers["Location"] == "/schools/southgate/sessions"


class TestPin:
    def test_the_one_that_works_logged_before_it_is_shown_and_in_no_log(self, family: Family) -> None:
        answer = family.post(f"{CHILDREN}/{family.ann.id}/pin")
        pin = family.portal.code(family.ann, "pin")
        assert answer.status_code == 200
        assert answer.json_body == {
            "id": family.ann.id,
            "given_name": "Ann",
            "pin": pin,
            "spoken": " ".join(", ".join(group) + "." for group in pin.split("-")),
            "url": f"https://latchkey.test/r/northbridge#{pin.replace('-', '')}",
            "expires_at": "2027-02-16T11:06:40Z",
            "new": False,
        }
        assert answer.headers["Cache-Control"] == "no-store"
        assert family.events() == [(family.mum.id, "pin.show", {"person": family.ann.id, "new": 0})]
        assert family.portal.requests() == [], "nobody to tell by mail"
        assert family.portal.redeem(pin, password="violet-kettle-77-north").status_code == 201

    def test_a_new_one_where_none_works_and_looking_again_gives_the_same(self, portal: Portal) -> None:
        family = Family(portal, pin=replace(LIVE, uses=1))
        first, again = (family.post(f"{CHILDREN}/{family.ann.id}/pin").json_body for _ in range(2))
        assert (first["new"], again["new"]) == (True, False)
        assert first["pin"] == again["pin"] == portal.code(family.ann, "pin")
        now = family.now(family.ann).pin
        assert now is not None
        assert (now.generation, now.uses, now.given_at) == (4, 0, portal.wiring.now())

    def test_the_child_is_told_once_a_day_by_mail_and_no_message_has_the_pin(self, family: Family) -> None:
        family.change(family.ann, email="ann@home.example", email_key="k")
        pins = [family.post(f"{CHILDREN}/{family.ann.id}/pin").json_body["pin"] for _ in range(2)]
        first, again = family.portal.requests()
        assert first == again
        assert (first["kind"], first["school"], first["person"]) == ("pin_shown", "northbridge", family.ann.id)
        assert pins[0] not in json.dumps(first)
        family.portal.system.clock.now += DAY
        family.headers = {"Authorization": f"Bearer {family.portal.sign_in('mum').json_body['token']}"}
        family.post(f"{CHILDREN}/{family.ann.id}/pin")
        assert family.portal.requests()[-1]["request"] != first["request"]

    def test_a_queue_that_takes_nothing_shows_nothing(self, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
        family.change(family.ann, email="ann@home.example", email_key="k")

        def busy(*_: Any, **__: Any) -> None:
            raise TryLater()

        monkeypatch.setattr(Queue, "put", busy)
        answer = family.post(f"{CHILDREN}/{family.ann.id}/pin")
        assert answer.status_code == 503
        assert family.portal.code(family.ann, "pin").encode() not in answer.body

    def test_the_page_shows_it_big_to_be_read_and_scanned_and_can_be_hidden(self, family: Family) -> None:
        answer = family.form(f"{CHILDREN}/{family.ann.id}/pin")
        page, pin = answer.body.decode(), family.portal.code(family.ann, "pin")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert f'<p class="pin code" dir="ltr" aria-hidden="true">{pin}</p>' in page
        assert "<svg" in page
        assert f'<a class="button" href="{CHILDREN}">Hide the PIN</a>' in page
        assert 'class="noprint"' in page
        assert pin.replace("-", "") not in re.sub(r"<svg.*?</svg>", "", page), "in no address"

    @pytest.mark.parametrize(
        ("settings", "facts", "code"),
        [
            ({"sso": SingleSignOn(roles=("student",))}, {}, "own_sign_in"),
            ({"family": FamilyRule(pins=False)}, {}, "hidden"),
            ({}, {"pin_hidden_from": True}, "hidden"),
            ({}, {"status": "disabled"}, "off"),
            ({}, {"number": None}, "no_number"),
        ],
    )
    def test_where_it_is_not_shown(self, family: Family, settings: dict[str, Any], facts: dict[str, Any], code: str) -> None:
        family.settings(**settings)
        if facts.get("pin_hidden_from"):
            facts = {"pin_hidden_from": [family.mum.id]}
        if facts:
            family.change(family.ann, **facts)
        assert family.get().json_body["items"][0]["pin"] == code
        answer = family.post(f"{CHILDREN}/{family.ann.id}/pin")
        assert (answer.status_code, answer.json_body["code"]) == (409, code)
        assert "Show the PIN" not in family.page()
        assert family.form(f"{CHILDREN}/{family.ann.id}/pin").status_code == 409
        assert family.events() == []

    def test_hidden_by_the_school_and_from_this_parent_are_one_answer(self, family: Family) -> None:
        family.change(family.ann, pin_hidden_from=[family.mum.id])
        one = family.post(f"{CHILDREN}/{family.ann.id}/pin")
        family.change(family.ann, pin_hidden_from=None)
        family.settings(family=FamilyRule(pins=False))
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").body == one.body

    def test_an_unconfirmed_address_sees_it_unless_the_school_says_no(self, family: Family) -> None:
        family.change(family.mum, email_typed=family.mum.email_key)
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").status_code == 200
        family.settings(family=FamilyRule(pins_unconfirmed=False))
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").json_body["code"] == "hidden"

    def test_who_has_a_second_factor_shows_it_again_before_whosever_child_it_is(self, family: Family) -> None:
        family.change(family.mum, second_factors=["totp"])
        for child in (family.ann, family.other):
            answer = family.post(f"{CHILDREN}/{child.id}/pin")
            assert (answer.status_code, answer.json_body["code"]) == (403, "confirm_again")
        page = family.form(f"{CHILDREN}/{family.ann.id}/pin")
        assert page.status_code == 403
        assert f'name="confirm.there" value="{CHILDREN}/{family.ann.id}/pin"' in page.body.decode()
        assert 'name="confirm.code"' in page.body.decode()
        wrong = {"confirm.there": f"{CHILDREN}/{family.ann.id}/pin", "confirm.method": "POST", "confirm.code": "000000"}
        assert "Location" not in family.form("/account/confirm", **wrong).headers
        assert family.events() == []
        who = signed_in(family.portal.wiring, family.headers["Authorization"].removeprefix("Bearer "))
        family.portal.wiring.sessions("northbridge").prove(who.session, "totp", family.portal.wiring.now())
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").status_code == 200

    def test_so_often_and_no_more(self, family: Family) -> None:
        adult = family.now(family.mum)
        school = family.portal.schools["northbridge"]
        for _ in range(PER_ADULT.limit - 1):
            reveal_pin(family.portal.wiring, school, adult, family.ann.id)
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").status_code == 200
        answer = family.post(f"{CHILDREN}/{family.ann.id}/pin")
        assert (answer.status_code, answer.json_body["code"]) == (429, "too_many")
        family.portal.system.clock.now += PER_ADULT.window
        family.headers = {"Authorization": f"Bearer {family.portal.sign_in('mum').json_body['token']}"}
        assert family.post(f"{CHILDREN}/{family.ann.id}/pin").status_code == 200


class TestLink:
    def test_to_the_address_on_file_and_logged(self, family: Family) -> None:
        family.change(family.ann, email="ann@home.example", email_key="k")
        answer = family.post(f"{CHILDREN}/{family.ann.id}/link")
        assert (answer.status_code, answer.json_body) == (202, {"state": "queued"})
        (request,) = family.portal.requests()
        assert (request["kind"], request["person"], request["school"]) == ("renew", family.ann.id, "northbridge")
        assert family.events() == [(family.mum.id, "child.link", {"person": family.ann.id})]
        done = family.form(f"{CHILDREN}/{family.ann.id}/link")
        assert (done.status_code, done.headers["Location"]) == (303, f"{CHILDREN}?link={family.ann.id}")
        assert "on its way to Ann’s address" in family.page(done.headers["Location"])
        assert "on its way" not in family.page(f"{CHILDREN}?link={family.other.id}"), "of nobody else anything is said"

    def test_there_is_no_address_and_the_page_says_so(self, family: Family) -> None:
        answer = family.post(f"{CHILDREN}/{family.ann.id}/link")
        assert (answer.status_code, answer.json_body["code"]) == (409, "no_address")
        assert "no e-mail address for Ann" in family.page()
        assert "no e-mail address for this child" in family.form(f"{CHILDREN}/{family.ann.id}/link").body.decode()

    def test_so_often_and_no_more(self, family: Family) -> None:
        family.change(family.ann, email="ann@home.example", email_key="k")
        answers = [family.post(f"{CHILDREN}/{family.ann.id}/link").status_code for _ in range(LINKS.limit + 1)]
        assert answers == [202] * LINKS.limit + [429]
        assert len(family.portal.requests()) == LINKS.limit


class TestAnybodyElse:
    def test_is_the_same_404_byte_for_byte(self, family: Family) -> None:
        portal = family.portal
        left = family.child("lea", 11, parents=(family.mum.id,), status="left")
        one_sided = family.child("oli", 12, parents=(family.mum.id,))
        foreign = portal.add("fay", "southgate", number=1, pin=LIVE, parents=(family.mum.id,))
        family.change(family.mum, children=[family.ann.id, left.id, foreign.id, family.other.id])
        ids = (family.other.id, left.id, one_sided.id, foreign.id, family.mum.id, "z" * 20, "x")
        answers = []
        for each in ids:
            answers += [family.post(f"{CHILDREN}/{each}/pin"), family.post(f"{CHILDREN}/{each}/link")]
            answers += [family.delete(f"{CHILDREN}/{each}"), family.get(f"{CHILDREN}/{each}/leave")]
            answers += [family.post(f"{CHILDREN}/{each}/delete")]
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        assert family.events() == []
        assert portal.requests() == []

    def test_nobody_who_is_signed_out(self, family: Family) -> None:
        for path in (f"{CHILDREN}/{family.ann.id}/pin", f"{CHILDREN}/{family.ann.id}/link", CHILDREN):
            assert family.portal.post(path, {}).status_code == 401


class TestAdd:
    def test_both_sides_a_place_and_the_event(self, family: Family) -> None:
        code = family.portal.code(family.other, "parent")
        answer = family.post(CHILDREN, {"code": f"Parent code:\n“{code.lower()}”"})
        assert (answer.status_code, answer.json_body) == (
            201,
            {"id": family.other.id, "given_name": "Bob", "family_name": "Okafor", "new": True},
        )
        assert family.now(family.mum).children == (family.ann.id, family.other.id)
        bob = family.now(family.other)
        assert (bob.parents, bob.parent_code) == ((family.mum.id,), replace(LIVE, uses=1))
        assert family.events() == [(family.mum.id, "child.add", {"student": bob.id, "generation": 3})]
        assert [card["given_name"] for card in family.get().json_body["items"]] == ["Ann", "Bob"]

    def test_the_same_child_again_says_so_and_takes_no_place(self, family: Family) -> None:
        code = family.portal.code(family.ann, "parent")
        answer = family.post(CHILDREN, {"code": code})
        assert (answer.status_code, answer.json_body["new"]) == (200, False)
        done = family.form(CHILDREN, code=code)
        assert done.headers["Location"] == f"{CHILDREN}?already={family.ann.id}"
        assert "Ann is on your account already" in family.page(done.headers["Location"])
        assert family.now(family.ann).parent_code == LIVE
        assert family.events() == []

    def test_a_link_of_one_side_is_made_whole(self, family: Family) -> None:
        family.change(family.mum, children=None)
        assert family.post(CHILDREN, {"code": family.portal.code(family.ann, "parent")}).status_code == 201
        assert (family.now(family.mum).children, family.now(family.ann).parents) == ((family.ann.id,), (family.mum.id,))

    @pytest.mark.parametrize(
        ("state", "status", "code"),
        [
            (replace(LIVE, uses=5), 410, "used"),
            (replace(LIVE, expires_at=1), 410, "expired"),
            (replace(LIVE, voided=True), 410, "voided"),
        ],
    )
    def test_a_code_that_opens_nothing_says_why(self, family: Family, state: CodeState, status: int, code: str) -> None:
        cal = family.child("cal", 13, parent_code=state)
        answer = family.post(CHILDREN, {"code": family.portal.code(cal, "parent")})
        assert (answer.status_code, answer.json_body["code"]) == (status, code)
        page = family.form(CHILDREN, code=family.portal.code(cal, "parent"))
        assert page.status_code == status
        assert 'role="alert"' in page.body.decode()

    def test_a_pin_a_typing_error_and_nothing_are_said_at_the_field(self, family: Family) -> None:
        for typed, code in ((family.portal.code(family.other, "pin"), "pin"), ("F234-6789", "mistyped"), ("", "invalid")):
            answer = family.post(CHILDREN, {"code": typed})
            assert (answer.status_code, answer.json_body["code"]) == (422, code)
            assert set(answer.json_body["fields"]) == {"code"}
            page = family.form(CHILDREN, code=typed).body.decode()
            assert 'aria-invalid="true"' in page
            assert "Ann Okafor</bdi>" in page, "with the cards"

    def test_guesses_count_like_those_on_the_public_page(self, family: Family) -> None:
        guess = family.portal.code(family.other, "parent", generation=77)
        for _ in range(10):
            assert family.post(CHILDREN, {"code": guess}).json_body["code"] == "refused"
        assert family.now(family.other).parent_code == replace(LIVE, failed=10)
        assert family.post(CHILDREN, {"code": family.portal.code(family.other, "parent")}).json_body["code"] == "refused"

    def test_of_fifty_adults_at_once_as_many_win_as_there_are_places(self, family: Family) -> None:
        portal, school = family.portal, family.portal.schools["northbridge"]
        code = portal.code(family.other, "parent")
        adults = [portal.add(f"adult{n}", role=("parent", "teacher", "staff")[n % 3], password=None) for n in range(AT_ONCE)]
        outcomes: list[object] = []

        def one(adult: Person) -> None:
            try:
                outcomes.append(add_child(portal.wiring, school, adult, code, f"198.51.100.{adult.id[-1]}").is_new)
            except (Gone, TryLater) as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=one, args=(adult,)) for adult in adults]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bob = family.now(family.other)
        linked = [each.id for each in adults if portal.person(each).children == (bob.id,)]
        assert outcomes.count(True) == len(bob.parents) == len(linked) == 5
        assert bob.parent_code is not None
        assert bob.parent_code.uses == 5
        assert sorted(bob.parents) == sorted(linked)

    def test_one_adult_many_times_at_once_takes_one_place(self, family: Family) -> None:
        portal, school = family.portal, family.portal.schools["northbridge"]
        code, mum = portal.code(family.other, "parent"), family.now(family.mum)
        outcomes: list[bool] = []
        one = lambda: outcomes.append(add_child(portal.wiring, school, mum, code, HERE).is_new)  # noqa: E731
        threads = [threading.Thread(target=one) for _ in range(MOST_FAILURES)]  # of more at once some are refused
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [False] * (MOST_FAILURES - 1) + [True]
        bob = family.now(family.other)
        assert (bob.parents, bob.parent_code) == ((mum.id,), replace(LIVE, uses=1))

    def test_an_account_has_at_most_so_many_children(self, family: Family) -> None:
        family.change(family.mum, children=[f"{n:020d}" for n in range(50)])
        answer = family.post(CHILDREN, {"code": family.portal.code(family.other, "parent")})
        assert (answer.status_code, answer.json_body["code"]) == (409, "too_many_children")


class TestLeave:
    def test_both_sides_and_both_accounts_stay(self, family: Family) -> None:
        family.change(family.ann, pin_hidden_from=[family.mum.id], parent_code={"generation": 3, "expires_at": ENDS, "uses": 1})
        assert "Take Ann Okafor off your account?" in family.page(f"{CHILDREN}/{family.ann.id}/leave")
        assert family.delete(f"{CHILDREN}/{family.ann.id}").status_code == 204
        assert (family.now(family.mum).children, family.now(family.ann).parents) == ((), ())
        ann = family.now(family.ann)
        assert ann.parent_code == replace(LIVE, uses=1), "the place is not given back"
        assert ann.pin_hidden_from == (family.mum.id,), "and holds again with the next code"
        assert family.events() == [(family.mum.id, "child.leave", {"person": ann.id})]
        assert family.delete(f"{CHILDREN}/{ann.id}").status_code == 404
        assert family.get().json_body["items"] == []
        assert family.post(CHILDREN, {"code": family.portal.code(ann, "parent")}).status_code == 201
        assert family.get().json_body["items"][0]["pin"] == "hidden"

    def test_by_form_after_a_question(self, family: Family) -> None:
        page = family.page(f"{CHILDREN}/{family.ann.id}/leave")
        assert f'action="{CHILDREN}/{family.ann.id}/delete"' in page
        answer = family.form(f"{CHILDREN}/{family.ann.id}/delete")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{CHILDREN}?left=1")
        shown = family.page(answer.headers["Location"])
        assert "no longer on your account" in shown
        assert "No child is on your account" in shown

    def test_a_parent_who_is_linked_meanwhile_stays(self, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.families.stores.links import FamilyLinks

        part = FamilyLinks.part

        def after_another(self: FamilyLinks, *arguments: Any) -> None:
            monkeypatch.setattr(FamilyLinks, "part", part)
            family.change(family.ann, parents=[family.mum.id, "d" * 20])
            part(self, *arguments)

        monkeypatch.setattr(FamilyLinks, "part", after_another)
        leave_child(
            family.portal.wiring, "northbridge" and family.portal.schools["northbridge"], family.now(family.mum), family.ann.id
        )
        assert family.now(family.ann).parents == ("d" * 20,)

    def test_nothing_is_half_done(self, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.families.stores.links import FamilyLinks

        def never(*_: Any) -> None:
            raise ConditionFailed(None)

        monkeypatch.setattr(FamilyLinks, "part", never)
        assert family.delete(f"{CHILDREN}/{family.ann.id}").status_code == 503
        assert (family.now(family.mum).children, family.now(family.ann).parents) == ((family.ann.id,), (family.mum.id,))


def test_no_answer_says_that_a_foreign_address_is_here(family: Family) -> None:
    """A page of the portal with a child's card has no address and no UPN of the child."""
    family.change(family.ann, email="ann@home.example", email_key="k", upn="B801200005001")
    for body in (family.page(), json.dumps(family.get().json_body)):
        assert "ann@home.example" not in body
        assert "B801200005001" not in body
        assert PASSWORD not in body
