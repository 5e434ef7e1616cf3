"""What people do with their second factors costs at most eight calls of AWS, also where the session is noted as seen."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.routes.portal.second_factors.test_from_slip_to_passkey import MUM, pupil, use
from tests.routes.portal.second_factors.test_phone_alone import by_password, set_password
from tests.routes.portal.second_factors.test_sign_in import FACTORS, Me
from tests.support.authenticator import Authenticator
from tests.support.portal import PASSWORD, Portal, calls_of

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 8
LATER = 301
"""Seconds after which it is noted again that a session is in use."""


def asked(portal: Portal, token: str, path: str, fields: Any, *, page: bool, status: int) -> Any:
    """The answer, which has cost no more than it may."""
    portal.system.clock.now += LATER
    fields = fields() if callable(fields) else fields
    headers = {"Cookie": f"__Host-latchkey={token}"} if page else {"Authorization": f"Bearer {token}"}
    with calls_of(portal.wiring, "northbridge") as calls:
        answer = (portal.submit if page else portal.post)(path, fields, **headers)
    assert answer.status_code == status, answer.body
    assert calls[:2] == ["batch_get_item", "update_item"], "who asks, and that their session is in use"
    assert len([each for each in calls if each != "generate_mac"]) <= MOST, calls  # a key is derived once a container
    return answer


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("way", ["totp", "passkey"])
def test_one_is_added_and_removed(portal: Portal, way: str, page: bool) -> None:
    me = Me(portal)

    def ask(path: str, fields: Any, *, status: int, page: bool = page) -> Any:
        return asked(portal, me.token, path, fields, page=page, status=status)

    first = {"way": way, "name": "Mine", "current": PASSWORD}
    ask(FACTORS, {**first, "current": "wrong"}, page=True, status=422)
    ask(FACTORS, first, page=True, status=303)
    begun = ask(FACTORS, first, page=False, status=201).json_body
    shown: Callable[[], dict[str, Any]]
    if way == "totp":
        me.secret = begun["secret"]
        shown = lambda: {"code": me.code()}  # noqa: E731
    else:
        shown = lambda: {"credential": me.passkey.make(begun["challenge"])}  # noqa: E731
    ask(f"{FACTORS}/{begun['id']}/confirm", shown, page=page and way == "totp", status=201)
    ask("/account/recovery-codes", {}, status=201)
    ask(f"{FACTORS}/{begun['id']}/delete", {}, status=303 if page else 204)


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("wish", ["second-step", "delete"])
def test_a_phone_becomes_a_second_step_or_goes_by_the_password(portal: Portal, wish: str, page: bool) -> None:
    used = use(portal, portal.code(pupil(portal), "parent"), Authenticator(), **MUM).json_body
    set_password(portal, portal.wiring.directory("northbridge").by_ids([used["person"]["id"]])[0])
    token = by_password(portal).json_body["token"]
    (found,) = portal.get(FACTORS, Authorization=f"Bearer {token}").json_body["items"]
    path, done = f"{FACTORS}/{found['id']}/{wish}", 201 if wish == "second-step" else 303 if page else 204
    asked(portal, token, path, {"password": "wrong"}, page=page, status=422)
    asked(portal, token, path, {"password": PASSWORD}, page=page, status=done)


def test_it_is_shown_again(portal: Portal) -> None:
    me = Me(portal)
    me.add_app()
    asked(portal, me.token, "/account/confirm", lambda: {"way": "code", "code": me.code()}, page=False, status=204)
