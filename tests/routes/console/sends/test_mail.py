"""Mail by receiving domain, trusted addresses, and sending again to those who were refused."""

import html
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.people.model.person import MailProblem
from latchkey.sends.model.domains import OTHER, DomainCounts
from latchkey.sends.model.mail_states import Fact
from tests.routes.console.sends.test_sends import ANN, SENDS, messages, plan
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.openapi import check

DOMAINS = "/admin/northbridge/mail/domains"
TRUST = "/admin/northbridge/mail/trust"
HERE = "northbridge.example"


@pytest.fixture
def school(console: Console) -> Console:
    console.add([ANN])
    return console


def counted(console: Console, **moves: DomainCounts) -> None:
    by_domain = {domain.replace("_", "."): counts for domain, counts in moves.items()}
    console.system.wiring("mail_feedback").mail_domains("northbridge").add([by_domain], 1_790_000_000)


def mark(console: Console, person: str, kind: Any = "bounced", school: str = "northbridge") -> None:
    directory = console.system.wiring("mail_feedback").directory(school)
    (found,) = directory.by_ids([person])
    assert found.email_key
    assert directory.note_mail_problem(person, MailProblem(kind, 1_790_000_000, found.email_key))


def problem_of(console: Console, person: str) -> Any:
    return console.get(f"/admin/northbridge/people/{person}").json_body["mail_problem"]


def refuse(console: Console, send: str, reason: str) -> None:
    """What SES has told of all mails of a send's first chunk."""
    wiring = console.system.wiring("console")
    told = Fact("bounced", reason, wiring.now(), "smtp; 550 5.7.1 refused")
    change = lambda chunk: replace(chunk, mails=tuple(mail.with_fact(told) for mail in chunk.mails))  # noqa: E731
    wiring.ledger("northbridge").amend(send, 1, change, wiring.now())


class TestDomains:
    def test_nothing_is_known_at_first(self, school: Console) -> None:
        assert check("get", DOMAINS, school.get(DOMAINS)) == {"items": [], "next": None, "since": None, "trusts": []}
        assert "Nothing is known yet" in school.page(DOMAINS).body.decode()

    def test_most_people_first_and_the_rest_last(self, school: Console) -> None:
        counted(
            school,
            b_example=DomainCounts(sent=5, delivered=1, used=1, refused_by_filter=4),
            a_example=DomainCounts(sent=9, refused_by_us=2, dead=1),
            other=DomainCounts(sent=99, delivered=-3),
        )
        found = check("get", DOMAINS, school.get(DOMAINS))
        assert [each["domain"] for each in found["items"]] == ["a.example", "b.example", OTHER]
        assert [each["is_other"] for each in found["items"]] == [False, False, True]
        assert found["items"][1] == {
            "domain": "b.example",
            "is_other": False,
            "sent": 5,
            "delivered": 1,
            "used": 1,
            "refused_by_us": 0,
            "refused_by_filter": 4,
            "dead": 0,
            "silent": False,
        }
        assert found["items"][2]["delivered"] == 0
        assert found["since"] == "2026-09-21T14:13:20Z"

    def test_the_page_says_who_has_to_mend_what_and_has_its_buttons(self, school: Console) -> None:
        counted(school, b_example=DomainCounts(sent=5, refused_by_filter=4, dead=1), other=DomainCounts(sent=1, dead=1))
        text = school.page(DOMAINS).body.decode()
        assert "The mail filter of b.example has refused mail to 4 people." in text
        assert "no-reply@latchkey.test" in text
        assert text.count("This filter is mended: send again") == 1
        assert text.count("These addresses are right: try again") == 2, "of the domain, and of another one"
        assert 'href="/admin/northbridge/mail/domains"' in school.page(SENDS).body.decode()

    def test_only_admins_and_no_strange_parameters(self, school: Console) -> None:
        assert school.get(DOMAINS, cursor="x").status_code == 422
        assert school.get("/admin/southgate/mail/domains").status_code == 404
        school.token = None
        assert school.get(DOMAINS).status_code == 404


class TestOneDomain:
    @pytest.fixture(autouse=True)
    def _servers(self, school: Console) -> None:
        asked = {"silent.example": ("aspmx.l.google.com.",), "refusing.example": ("x.mail.protection.outlook.com.",)}
        answer = lambda _, questions: {(name, kind): asked.get(name) for name, kind in questions}  # noqa: E731
        school.system.wiring("console").__dict__["dns"] = type("Asked", (), {"ask": answer})()

    def silent(self, school: Console) -> None:
        counted(
            school,
            silent_example=DomainCounts(sent=412, delivered=412),
            refusing_example=DomainCounts(sent=9, refused_by_filter=9),
        )

    def test_one_that_lets_nobody_in_has_the_text_for_who_looks_after_it(self, school: Console) -> None:
        self.silent(school)
        path = f"{DOMAINS}/silent.example"
        found = check("get", "/admin/northbridge/mail/domains/{domain}".replace("{domain}", "silent.example"), school.get(path))
        assert (found["silent"], found["mail_system"], found["delivered"]) == (True, "google", 412)
        assert "admin.google.com" in found["text"]
        assert "no-reply@latchkey.test" in found["text"]
        page = school.page(path).body.decode()
        assert "Its mail system lets none of 412 in" in page
        assert "Its mail is taken by Google Workspace." in page
        shown = school.page(DOMAINS).body.decode()
        assert "lets none of 412 in" in shown
        assert f'href="{path}"' in shown

    def test_one_that_refuses_and_one_whose_servers_nobody_could_find_out(self, school: Console) -> None:
        self.silent(school)
        found = school.get(f"{DOMAINS}/refusing.example").json_body
        assert (found["silent"], found["mail_system"]) == (False, "microsoft")
        assert "has refused our mail to 9 people" in found["text"]
        counted(school, quiet_example=DomainCounts(sent=3, delivered=3))
        found = school.get(f"{DOMAINS}/quiet.example").json_body
        assert (found["mail_system"], found["text"]) == ("unknown", None)
        assert "Nobody has used a link yet." in school.page(f"{DOMAINS}/quiet.example").body.decode()

    @pytest.mark.parametrize("domain", ["nobody.example", OTHER, "x", "%3Cscript%3E"])
    def test_one_that_is_not_counted_is_not_there(self, school: Console, domain: str) -> None:
        counted(school, other=DomainCounts(sent=99))
        assert school.get(f"{DOMAINS}/{domain}").status_code == 404


class TestMailboxes:
    TESTS = "/admin/northbridge/mail/tests"

    def test_a_script_tries_one_and_reads_what_became_of_it(self, school: Console) -> None:
        assert check("get", self.TESTS, school.get(self.TESTS)) == {"items": [], "next": None}
        answer = school.post(self.TESTS, {"addresses": ["ada@northbridge.example"]})
        made = check("post", self.TESTS, answer)
        assert answer.status_code == 202
        (found,) = check("get", self.TESTS, school.get(self.TESTS))["items"]
        assert found["id"] == made["id"]
        assert [(each["to"], each["state"]) for each in found["mails"]] == [("ada@northbridge.example", "waiting")]
        (event,) = school.get("/admin/northbridge/audit").json_body["items"]
        assert (event["action"], event["facts"]) == ("mail.test", {"request": made["id"], "mails": 1})

    def test_a_form_leads_back_and_names_each_field_that_is_wrong(self, school: Console) -> None:
        answer = school.form(self.TESTS, {"address": ANN.email or "", "address_2": "", "address_3": ""})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{self.TESTS}?asked=1")
        assert "Test mails are on their way" in school.page(self.TESTS, asked="1").body.decode()
        text = html.unescape(school.form(self.TESTS, {"address": "x@elsewhere.example", "address_2": "no"}).body.decode())
        assert "This is no e-mail address" in text
        assert 'value="x@elsewhere.example"' in text
        text = school.form(self.TESTS, {"address": "x@elsewhere.example"}).body.decode()
        assert "Only addresses of people here" in text

    def test_nobody_elses_and_no_strange_fields(self, school: Console) -> None:
        assert school.post(self.TESTS, {"addresses": ["ada@northbridge.example"], "to": "x"}).status_code == 422
        assert school.post("/admin/southgate/mail/tests", {"addresses": ["ada@northbridge.example"]}).status_code == 404
        school.token = None
        assert school.get(self.TESTS).status_code == 404


class TestTrust:
    def test_a_person(self, school: Console) -> None:
        mark(school, ANN.id)
        assert problem_of(school, ANN.id)["kind"] == "bounced"
        assert "The address is right: try again" in school.page(f"/admin/northbridge/people/{ANN.id}").body.decode()
        answer = school.post(TRUST, {"person": ANN.id})
        assert (answer.status_code, check("post", TRUST, answer)) == (200, {"person": ANN.id, "taken": 1})
        assert problem_of(school, ANN.id) is None
        assert school.post(TRUST, {"person": ANN.id}).json_body["taken"] == 0
        (event,) = school.get("/admin/northbridge/audit").json_body["items"]
        assert (event["action"], event["facts"]) == ("mail.trust", {"person": ANN.id, "taken": 1})
        assert "trusted addresses that mail came back from" in school.page("/admin/northbridge/audit").body.decode()

    def test_a_person_by_a_form(self, school: Console) -> None:
        mark(school, ANN.id)
        answer = school.form(TRUST, {"person": ANN.id})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/northbridge/people/{ANN.id}")
        assert problem_of(school, ANN.id) is None

    def test_nobody_who_complained(self, school: Console) -> None:
        mark(school, ANN.id, "complained")
        answer = school.post(TRUST, {"person": ANN.id})
        assert (answer.status_code, check("post", TRUST, answer)["code"]) == (409, "complained")
        assert "called mail from the school spam" in school.form(TRUST, {"person": ANN.id}).body.decode()
        assert problem_of(school, ANN.id)["kind"] == "complained"
        assert "The address is right" not in school.page(f"/admin/northbridge/people/{ANN.id}").body.decode()

    def test_unknown_and_foreign_people_are_the_same(self, school: Console) -> None:
        theirs = make_person(99)
        school.add([theirs], "southgate")
        mark(school, theirs.id, school="southgate")
        answers = [school.post(TRUST, {"person": person}) for person in (theirs.id, "0" * 20)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].body == answers[1].body
        (still,) = school.system.wiring("console").directory("southgate").by_ids([theirs.id])
        assert still.problem == "bounced"

    def test_a_domain_is_queued_once(self, school: Console) -> None:
        answer = school.post(TRUST, {"domain": f" @{HERE.upper()} "})
        made = check("post", TRUST, answer)
        assert (answer.status_code, answer.headers["Location"]) == (202, DOMAINS)
        assert (made["domain"], made["state"], made["taken"], made["created_by"]) == (HERE, "queued", 0, HEAD_TEACHER.id)
        assert messages(school) == [{"v": 1, "kind": "trust", "school": "northbridge", "trust": made["id"]}]
        again = school.post(TRUST, {"domain": HERE})
        assert (again.status_code, check("post", TRUST, again)["id"]) == (200, made["id"])
        assert check("get", DOMAINS, school.get(DOMAINS))["trusts"] == [made]
        assert "Tried again before" in school.page(DOMAINS).body.decode()
        (event,) = school.get("/admin/northbridge/audit").json_body["items"]
        assert (event["action"], event["facts"]) == ("mail.trust", {"trust": made["id"]})

    def test_too_many_domains_at_once_are_refused_in_words(self, school: Console) -> None:
        for number in range(5):
            assert school.post(TRUST, {"domain": f"d{number}.example"}).status_code == 202
        answer = school.post(TRUST, {"domain": HERE})
        assert (answer.status_code, check("post", TRUST, answer)["code"], answer.headers["Retry-After"]) == (
            429,
            "too_many",
            "300",
        )
        assert "5 domains are under way already" in school.form(TRUST, {"domain": HERE}).body.decode()
        assert len(messages(school)) == 5

    def test_a_domain_by_a_form(self, school: Console) -> None:
        answer = school.form(TRUST, {"domain": HERE})
        assert (answer.status_code, answer.headers["Location"]) == (303, DOMAINS)
        assert len(messages(school)) == 1

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"domain"}),
            ({"domain": HERE, "person": ANN.id}, {"domain", "person"}),
            ({"domain": "", "person": ""}, {"domain"}),
            ({"domain": "no dots"}, {"domain"}),
            ({"domain": "other"}, {"domain"}),
            ({"domain": "a@b.example"}, {"domain"}),
            ({"domain": "ünïcode.example"}, {"domain"}),
            ({"domain": "a." * 130 + "example"}, {"domain"}),
            ({"domain": 7}, {"domain"}),
            ({"domain": ["x.example"]}, {"domain"}),
            ({"person": "no id"}, {"person"}),
            ({"person": {"id": 1}}, {"person"}),
            ({"domain": HERE, "all": True}, {"all"}),
        ],
    )
    def test_what_cannot_be_used_is_named(self, school: Console, body: dict[str, Any], fields: set[str]) -> None:
        answer = school.post(TRUST, body)
        assert (answer.status_code, set(check("post", TRUST, answer)["fields"])) == (422, fields)
        assert messages(school) == []

    def test_a_form_shows_the_page_again_with_what_was_typed(self, school: Console) -> None:
        answer = school.form(TRUST, {"domain": "<no dots>"})
        text = answer.body.decode()
        assert answer.status_code == 422
        assert 'value="&lt;no dots&gt;"' in text
        assert 'href="#domain"' in text
        assert 'id="domain-error"' in text

    def test_a_busy_queue_says_try_later_and_asking_again_sets_it_off(
        self,
        school: Console,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        console, queue = school.system.wiring("console"), school.system.wiring("console").queue

        def busy(_setting: str) -> Any:
            raise TryLater()

        monkeypatch.setattr(console, "queue", busy)
        assert school.post(TRUST, {"domain": HERE}).status_code == 503
        monkeypatch.setattr(console, "queue", queue)
        assert school.post(TRUST, {"domain": HERE}).status_code == 200
        assert len(messages(school)) == 1


class TestSendAgain:
    def planned(self, school: Console) -> str:
        send = plan(school, {"ids": [ANN.id, HEAD_TEACHER.id]})
        wiring = school.system.wiring("console")
        messages(school)
        found = wiring.sends("northbridge").get(send)
        assert found is not None
        wiring.sends("northbridge")._change(found, {"state": "finished"}, [])
        return send

    @pytest.mark.parametrize("which", ["send", "domain"])
    def test_to_those_who_were_refused_by_a_send_or_a_domain(self, school: Console, which: str) -> None:
        send = self.planned(school)
        select = {"refused": {"send": send} if which == "send" else {"domain": HERE}}
        body = {"kind": "password_link", "select": select}
        assert school.post(SENDS, body).status_code == 422, "nobody was refused"
        refuse(school, send, "hard_filter")
        school.system.clock.now += 60
        tried = school.post(SENDS, {**body, "dry_run": True}).json_body
        whole = school.get(f"{SENDS}/{send}").json_body["refused"]["school_filter"]
        assert tried["total"] == tried["to_send"] == whole > 0
        made = check("post", SENDS, school.post(SENDS, body))
        assert (made["refused_of"], made["refused_in"]) == ((send, None) if which == "send" else (None, HERE))
        assert school.post(SENDS, {**body, "dry_run": True}).json_body["total"] == whole, "nobody is mailed before it is planned"

    def test_by_the_buttons_of_the_pages(self, school: Console) -> None:
        send = self.planned(school)
        refuse(school, send, "hard_ours")
        for which in ({"send": send}, {"domain": HERE}):
            draft = school.form(SENDS, {"kind": "password_link", "to": "refused", **which}).headers["Location"]
            assert school.get(draft).json_body["select"] == {"refused": which}
            sent = school.form(f"{draft}/send", {})
            assert (sent.status_code, sent.headers["Location"].rpartition("/")[0]) == (303, SENDS)
            assert "refused" in school.page(sent.headers["Location"]).body.decode()

    @pytest.mark.parametrize(
        "refused",
        [
            {},
            {"send": "x"},
            {"send": 7},
            {"domain": "x"},
            {"domain": 7},
            {"send": "0" * 26, "domain": HERE},
            "x",
            None,
            [],
            {"a": 1},
        ],
    )
    def test_what_cannot_be_used_is_named(self, school: Console, refused: Any) -> None:
        answer = school.post(SENDS, {"kind": "password_link", "select": {"refused": refused}})
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"select"})

    def test_another_schools_send_means_nobody(self, school: Console) -> None:
        body = {"kind": "password_link", "select": {"refused": {"send": "0" * 26}}}
        assert school.post(SENDS, body).status_code == 422


class TestThePageOfASend:
    @pytest.mark.parametrize(
        ("reason", "fault"), [("hard_filter", "school_filter"), ("soft_ours", "our_fault"), ("hard", "dead_address")]
    )
    def test_reasons_are_whose_fault_it_is(self, school: Console, reason: str, fault: str) -> None:
        send = plan(school, {"ids": [ANN.id, HEAD_TEACHER.id]})
        refuse(school, send, reason)
        rows = check("get", f"{SENDS}/{send}/recipients", school.get(f"{SENDS}/{send}/recipients"))["items"]
        assert {row["reason"] for row in rows if row["state"] == "bounced"} == {fault}
        assert {row["detail"] for row in rows if row["state"] == "bounced"} == {"smtp; 550 5.7.1 refused"}
        both = [school.get(f"{SENDS}/{send}/recipients", reason=word).json_body["items"] for word in (fault, reason)]
        assert both[0] == both[1] != []
        assert school.get(f"{SENDS}/{send}/recipients", reason="rejected").json_body["items"] == []
        shown = school.get(f"{SENDS}/{send}").json_body
        assert {word for word, count in shown["refused"].items() if count} == {fault}
        assert "smtp; 550 5.7.1 refused" in school.page(f"{SENDS}/{send}", reason=fault).body.decode()

    def test_has_the_text_for_whoever_looks_after_the_filter(self, school: Console) -> None:
        school.system.environment |= {"MAIL_IDENTITY": "latchkey.test", "MAIL_FROM_DOMAIN": "bounce.latchkey.test"}
        school.system.wirings.pop("console")
        send = plan(school, {"ids": [ANN.id, HEAD_TEACHER.id]})
        assert school.get(f"{SENDS}/{send}").json_body["for_it"] is None
        refuse(school, send, "hard_filter")
        wiring = school.system.wiring("console")
        found = wiring.sends("northbridge").get(send)
        assert found is not None
        wiring.sends("northbridge")._change(found, {"state": "paused", "reason": "brake_filter"}, [])
        shown = check("get", f"{SENDS}/{send}", school.get(f"{SENDS}/{send}"))
        for said in (
            "From address: no-reply@latchkey.test",
            "domain: latchkey.test",
            "signature of: latchkey.test",
            "bounce.latchkey.test",
        ):
            assert said in shown["for_it"]
        assert "lets no mail from this site through" in shown["reason_text"]
        assert [(each["reason"], each["next"]) for each in shown["suggestions"]] == [("school_filter", "refused")]
        text = html.unescape(school.page(f"{SENDS}/{send}").body.decode())
        assert shown["for_it"] in text
        assert "resume the send, and send again to those who were refused" in text
        assert "Send again to those who were refused …" in text
