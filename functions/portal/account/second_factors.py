"""Second factors of whoever is signed in: what they have, adding, removing, and recovery codes."""

from typing import Any, Final

from latchkey.errors import Invalid, NotFound
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.change_factors import (
    factors_of,
    is_last_way_in,
    make_second_step,
    remove_factor,
    renew_recovery_codes,
)
from latchkey.second_factors.enrol_factor import Begun, begin_enrolment, finish_enrolment, waiting_app
from latchkey.second_factors.lost_factors import stop_own_reset, waiting_for
from latchkey.second_factors.model.asked import answers_provider
from latchkey.second_factors.model.factors import LONGEST_NAME, Factor, Factors, Passkey, Way
from latchkey.second_factors.prove_again import recently_proved
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.texts import said
from latchkey.sign_in.model.passwords import LONGEST_RECEIVED
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import alone, my, shown_again
from portal.system import system
from web.answer import Answer
from web.field_words import together
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import ready_to_ask

routes = RouteGroup(__name__, lambda: system().settings)
HERE: Final = "/account/second-factors"
NAME: Final = "second_factors"
PAGE: Final = "account/second_factors_page.html"
APP: Final = "account/second_factors_app.html"
CODES: Final = "account/second_factors_codes.html"
WAYS: Final[tuple[Way, ...]] = ("passkey", "totp")
_DONE: Final = {
    "added": said("It is added. From now on you are asked for it when you sign in."),
    "removed": said("It is removed."),
    "stopped": said("Stopped. Your second step stays as it is."),
}


def facts(wiring: Wiring, who: SignedIn) -> dict[str, Any] | None:
    """What the account page says of them; nothing where another sign-in is used and there is none."""
    factors = factors_of(wiring, who)
    uses_password = who.person.password_set_at is not None and not who.school.uses_sso(who.person)
    return _shown(wiring, who, factors) if factors.all or uses_password or required_of(who.school, who.person) else None


@routes.on("GET", "/account/second-factors", page=PAGE)
def show(request: Request) -> Answer:
    """What this person has."""
    who = _ready(request)
    if request.wants_page:
        alone(request, who, NAME, _section)
    factors, waiting = factors_of(system(), who), waiting_for(who.school, who.person.id)
    return Answer(
        data={
            "items": [_facts(each) for each in factors.all],
            "next": None,
            "recovery_codes_left": len(factors.recovery),
            "reset_at": rfc3339(waiting.until) if waiting is not None else None,
        },
        context={"done": _DONE.get(request.query.get("done", ""), "")},
    )


@routes.on("POST", "/account/second-factors", form=PAGE)
def begin(request: Request) -> Answer:
    """Begin to add one: the first with the current password, a later one after one was shown."""
    who = _ready(request)
    with shown_again(request, who, NAME, _section):
        way = request.text("way", longest=20)
        if way not in WAYS:
            raise Invalid(fields={"way": said("Choose a passkey or an app.")})
        name, current = together(
            lambda: request.text("name", longest=4 * LONGEST_NAME, required=False),
            lambda: request.text("current", longest=LONGEST_RECEIVED, required=False),
        )
        begun = begin_enrolment(system(), who, way, name, current)
    return Answer(data=_begun(begun), status=201, location=f"{HERE}/{begun.id}")


@routes.on("GET", "/account/second-factors/{factor}", page=APP)
def show_app(request: Request, factor: str) -> Answer:
    """The app that is being added: its secret, as signs and as a QR code."""
    who = my(request)
    return Answer(data=_begun(_app(request, who, factor)))


@routes.on("POST", "/account/second-factors/{factor}/confirm", form=APP)
def confirm(request: Request, factor: str) -> Answer:
    """Finish, with a first code of the app or the passkey that the browser has made."""
    who = my(request)
    credential = request.fields.get("credential")
    if not request.is_form:  # a form's code is a text, and its page has to know the app before anything is wrong with it
        request.text("code", longest=40, required=False)
    if credential is None:
        _app(request, who, factor)
        code = request.text("code", longest=40)
        added = finish_enrolment(system(), who, factor, code=code)
    else:
        added = finish_enrolment(system(), who, _the_id(factor), credential=credential)
    data = {"factor": _facts(added.factor), "recovery_codes": list(added.recovery)}
    if not added.recovery:
        return Answer(data=data, status=201, location=f"{HERE}?done=added")
    return Answer(data=data, status=201, page=CODES)


@routes.on("DELETE", "/account/second-factors/{factor}")
def remove(request: Request, factor: str) -> Answer:
    """Remove one."""
    remove_factor(system(), my(request), _the_id(factor), _password(request))
    return Answer(status=204)


@routes.on("POST", "/account/second-factors/{factor}/delete", form=PAGE)
def remove_by_form(request: Request, factor: str) -> Answer:
    """The same for a browser."""
    who = _ready(request)
    with shown_again(request, who, NAME, _section):
        remove_factor(system(), who, _the_id(factor), _password(request))
    return Answer(status=204, location=f"{HERE}?done=removed")


@routes.on("POST", "/account/second-factors/{factor}/second-step", form=PAGE)
def after_password(request: Request, factor: str) -> Answer:
    """Ask for a passkey that stood in place of a password after the password from now on."""
    who = _ready(request)
    with shown_again(request, who, NAME, _section):
        codes = make_second_step(system(), who, _the_id(factor), _password(request))
    if not codes:
        return Answer(data={"recovery_codes": []}, status=201, location=f"{HERE}?done=added")
    return Answer(data={"recovery_codes": list(codes)}, status=201, page=CODES)


@routes.on("POST", "/account/recovery-codes", form=PAGE)
def renew(request: Request) -> Answer:
    """Ten new recovery codes; those of before work no more."""
    who = _ready(request)
    with shown_again(request, who, NAME, _section):
        codes = renew_recovery_codes(system(), who)
    return Answer(data={"recovery_codes": list(codes)}, status=201, page=CODES)


@routes.on("POST", "/account/second-factors/reset/stop", form=PAGE)
def stop_reset(request: Request) -> Answer:
    """Nothing is lost: what an admin has asked for does not happen. Any session may, because the safe way must be quick."""
    who = _ready(request)
    with shown_again(request, who, NAME, _section):
        stop_own_reset(system(), who)
    return Answer(status=204, location=f"{HERE}?done=stopped")


def _ready(request: Request) -> SignedIn:
    """Who asks, with what the page needs also if they are asked again who they are."""
    who = my(request)
    if request.wants_page:
        request.context["done"] = ""
        ready_to_ask(request, who)
    return who


def _section(wiring: Wiring, who: SignedIn) -> dict[str, Any]:
    return _shown(wiring, who, factors_of(wiring, who))


def _password(request: Request) -> str:
    return request.text("password", longest=LONGEST_RECEIVED, required=False)


def _app(request: Request, who: SignedIn, factor: str) -> Begun:
    """The app that is being added; its picture stands in the page, also if the view fails."""
    begun = waiting_app(system(), who, _the_id(factor))
    if request.wants_page:
        from web.pages import tr
        from web.qr import qr

        secret = " ".join(begun.secret[place : place + 4] for place in range(0, len(begun.secret), 4))
        picture = qr(begun.address, tr(said("QR code for your app")))
        request.context.update(waiting=begun.id, secret=secret, picture=picture, address=begun.address)
    return begun


def _the_id(factor: str) -> str:
    if not is_id(factor):
        raise NotFound()
    return factor


def _begun(begun: Begun) -> dict[str, Any]:
    if begun.way == "totp":
        return {"id": begun.id, "way": "totp", "secret": begun.secret, "otpauth": begun.address}
    return {"id": begun.id, "way": "passkey", "challenge": begun.options}


def _facts(factor: Factor) -> dict[str, Any]:
    return {
        "id": factor.id,
        "way": "passkey" if isinstance(factor, Passkey) else "totp",
        "name": factor.name,
        "added_at": rfc3339(factor.added_at),
        "used_at": rfc3339(factor.used_at) if factor.used_at else None,
        "alone": factor.alone if isinstance(factor, Passkey) else False,
        "synced": factor.backed_up if isinstance(factor, Passkey) else None,
    }


def _shown(wiring: Wiring, who: SignedIn, factors: Factors) -> dict[str, Any]:
    """What the pages show; times are epoch seconds."""
    waiting = waiting_for(who.school, who.person.id)
    usable = {each.id for each in factors.totps} | {each.id for each in factors.passkeys(wiring.relying_party.id)}
    return {
        "factors": [
            {
                "id": each.id,
                "name": each.name,
                "way": "passkey" if isinstance(each, Passkey) else "totp",
                "added_at": each.added_at,
                "used_at": each.used_at,
                "works": each.id in usable,
                "alone": isinstance(each, Passkey) and each.alone,
                "only_way_in": is_last_way_in(who, factors.without(each.id)),
            }
            for each in factors.all
        ],
        "steps": len(factors.steps),
        "has_password": who.person.password_set_at is not None and not answers_provider(who.school, who.person, who.session.by),
        "forgot": f"/schools/{who.school.slug}/forgot-password",
        "recovery": len(factors.recovery),
        "reset_at": waiting.until if waiting is not None else None,
        "proved": recently_proved(who, wiring.now()),
        "login": who.person.username or who.person.email or "",
        "longest": LONGEST_NAME,
    }
