"""Confirming addresses, where it ends: the last mail and the last try that a budget allows, and the first that it does not."""

from typing import Any

import pytest

from latchkey.families.confirm_address import MOST_ACCOUNTS, USES
from latchkey.families.stores.confirmations import Confirmations
from latchkey.people.model.person import Person
from latchkey.records.erase_person import erase_person
from latchkey.schools.model.school import DAY
from latchkey.sends.request_mail import EACH_MAILBOX, EACH_WISH
from tests.support.mail_road import MailRoad
from tests.support.portal import PASSWORD, Portal, calls_of
from tests.workers.families.test_confirm_address import MUM, confirm, found, here, let_out, pupil, register, site, token_to

__all__ = ["site"]
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


def erase(site: Portal, person: Person) -> None:
    erase_person(site.system.wiring("console"), site.schools["northbridge"], ADMIN, person.id)


def test_one_account_causes_ten_mails_a_day_and_not_an_eleventh(site: Portal, road: MailRoad) -> None:
    clock = road.system.clock
    clock.now += DAY - clock.now % DAY  # budgets begin anew at midnight
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)

    def ask(number: int) -> int:
        clock.now += EACH_MAILBOX.window  # the mailbox's own budget is another one
        wish = {"kind": "confirm_address", "school": "northbridge", "person": parent}
        road.ask({**wish, "request": f"{number:026d}", "at": site.wiring.now()})
        let_out(road)
        return len(road.ses.to(MUM))

    assert [ask(number) for number in range(2, EACH_WISH.limit + 2)] == [*range(2, EACH_WISH.limit + 1), EACH_WISH.limit]
    clock.now += DAY - clock.now % DAY
    assert ask(99) == EACH_WISH.limit + 1, "the next day there is one again"


def test_one_link_is_tried_sixty_times_an_hour_and_not_once_more(site: Portal, road: MailRoad) -> None:
    clock = road.system.clock
    clock.now += USES.window - clock.now % USES.window
    for name in ("mum", "dad"):
        site.add(name, role="parent", email=MUM, mis_id=f"P-{name}")
    register(site, pupil(site, "ann", 7))
    let_out(road)
    token = token_to(road)
    assert {confirm(site, token).status_code for _ in range(USES.limit)} == {422}, "nothing was chosen"
    refused = confirm(site, token, into="own")
    assert refused.status_code == 429
    assert "It still works" in refused.json_body["detail"]
    clock.now += USES.window
    assert confirm(site, token, into="own").json_body["outcome"] == "confirmed"


def test_an_account_that_was_erased_meanwhile_is_not_joined_to(site: Portal, road: MailRoad) -> None:
    old = site.add("mum", role="parent", email=MUM, mis_id="P1")
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    token = token_to(road)
    assert site.post("/confirmations/check", {"token": token}).json_body["accounts"][0]["id"] == old.id
    erase(site, old)
    assert confirm(site, token, into=old.id).status_code == 422
    assert confirm(site, token).json_body["outcome"] == "confirmed"
    assert here(site, parent).children != ()
    assert found(site, old.id) is None


def test_one_that_is_erased_between_the_look_and_the_write_is_not_brought_back(
    site: Portal, road: MailRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, ann = site.add("mum", role="parent", email=MUM, mis_id="P1"), pupil(site, "ann", 7)
    parent = register(site, ann)
    let_out(road)
    write = Confirmations.write

    def late(self: Confirmations, *args: Any) -> None:
        if found(site, old.id) is not None:
            erase(site, old)
        write(self, *args)

    monkeypatch.setattr(Confirmations, "write", late)
    assert confirm(site, token_to(road)).json_body["outcome"] == "confirmed"
    assert found(site, old.id) is None
    assert here(site, parent).children == (ann.id,)
    assert here(site, ann.id).parents == (parent,)


def test_another_account_that_is_gone_meanwhile_does_not_hold_up_the_rest(
    site: Portal, road: MailRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1")
    children = [pupil(site, name, number) for number, name in enumerate(("ann", "bob", "cat"), 7)]
    made = [register(site, child) for child in children]
    let_out(road)
    token = token_to(road)
    others = [each["id"] for each in site.post("/confirmations/check", {"token": token}).json_body["others"]]
    write = Confirmations.write

    def late(self: Confirmations, *args: Any) -> None:
        if found(site, others[0]) is not None:
            erase(site, here(site, others[0]))
        write(self, *args)

    monkeypatch.setattr(Confirmations, "write", late)
    assert confirm(site, token, also=others).json_body["outcome"] == "joined"
    assert set(here(site, mum.id).merged) == {*made} - {others[0]}
    assert len(here(site, mum.id).children) == 2


def test_confirming_costs_the_same_however_many_accounts_are_joined(site: Portal, road: MailRoad) -> None:
    """Eight calls at most: the school, whose link it is, who has the address, the children; the count; one write."""
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1")
    for number in range(7, 7 + 1 + MOST_ACCOUNTS):
        register(site, pupil(site, f"child{number}", number))
    let_out(road)
    token = token_to(road)
    seen = site.post("/confirmations/check", {"token": token}).json_body
    others = [each["id"] for each in seen["others"]]
    assert len(others) == MOST_ACCOUNTS
    once = ["get_item", "get_item", "query", "batch_get_item", "batch_get_item"]
    with calls_of(site.wiring, "northbridge") as calls:
        assert confirm(site, token, into=mum.id, also=others).json_body["outcome"] == "joined"
    assert calls == [*once, "update_item", "transact_write_items"]
    assert len(here(site, mum.id).children) == 1 + MOST_ACCOUNTS


def test_confirming_another_address_costs_one_message_more(site: Portal, road: MailRoad) -> None:
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1")
    ann = pupil(site, "ann", 7)
    site.wiring.directory("northbridge").change(mum.id, {"children": [ann.id]})
    token = site.sign_in(MUM).json_body["token"]
    asked = {"email": "new@x.example", "current": PASSWORD}
    with calls_of(site.wiring, "northbridge") as calls:
        assert site.post("/account/email", asked, Authorization=f"Bearer {token}").status_code == 202
    assert len(calls) <= 8, calls
    let_out(road)
    link = token_to(road, "new@x.example")
    with calls_of(site.wiring, "northbridge") as calls:
        assert confirm(site, link).json_body["outcome"] == "changed"
    assert len(calls) == 8, calls
