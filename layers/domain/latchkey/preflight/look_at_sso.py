"""Look at a school's providers: what the last check of each found, and when its secret ends. Two calls; none if it has none."""

from typing import Literal

from latchkey.preflight.model.facts import Provider
from latchkey.preflight.needs import System
from latchkey.schools.model.school import PublicConnection, School
from latchkey.sso.check_connection import findings_of
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.finding_words import words_of
from latchkey.sso.model.findings import Finding
from latchkey.sso.model.look import Look

_GONE = "What people sign in with is not there any more, so nobody gets in by it."


def look_at_sso(system: System, school: School) -> tuple[Provider, ...]:
    """The providers that people sign in with."""
    public = school.settings.sso.connections
    if not public:
        return ()
    kept = {(each.name, each.version): each for each in system.connections(school.slug).all()}
    looks = system.sso_looks(school.slug).all()
    now = system.now()
    return tuple(_provider(each, kept.get((each.name, each.version)), looks.get(each.name), now) for each in public)


def _provider(public: PublicConnection, connection: Connection | None, look: Look | None, now: int) -> Provider:
    if connection is None:
        fix = "Enter the registration again, and save who signs in with it."
        return Provider(name=public.name, label=public.label, checked=False, state="stop", wrong=_GONE, fix=fix)
    look = look if look is not None and look.version == connection.version else None
    worst = _worst(findings_of(connection, look, None, now))
    if worst is None:
        return Provider(name=public.name, label=public.label, checked=look is not None)
    words = words_of(worst, connection, "the redirect address on its page")
    state: Literal["stop", "warn"] = "stop" if worst.state == "stop" else "warn"
    return Provider(name=public.name, label=public.label, checked=True, state=state, wrong=words.text, fix=words.fix)


def _worst(findings: tuple[Finding, ...]) -> Finding | None:
    wrong = [each for each in findings if each.state in {"stop", "warn"}]
    return min(wrong, key=lambda each: each.state != "stop", default=None)
