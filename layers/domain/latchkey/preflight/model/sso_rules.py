"""Single sign-on, judged by what is kept of its checks: whoever signs in with a provider that does not work cannot get in."""

from collections.abc import Iterable
from typing import Final

from latchkey.preflight.model.checks import Check, unseen
from latchkey.preflight.model.facts import Provider, Seen, Unseen

_TITLE: Final = "Single sign-on"


def sso_checks(providers: Seen[tuple[Provider, ...]]) -> list[Check]:
    """One check for each provider; none where nobody uses single sign-on."""
    if isinstance(providers, Unseen):
        return [unseen("sso", _TITLE, providers, "How single sign-on stands", who="admin")]
    return [*_each(providers)]


def _each(providers: Iterable[Provider]) -> Iterable[Check]:
    for each in providers:
        name, title, path = f"sso_{each.name}", f"{_TITLE}: {each.label}", f"/settings/sso/{each.name}"
        if each.wrong:
            yield Check(name=name, title=title, state=each.state, text=each.wrong, fix=each.fix, who="admin", path=path)
        elif not each.checked:
            text = "It has not been checked since it was last changed."
            fix = "Open it and press Check now, then try it yourself."
            yield Check(name=name, title=title, state="warn", text=text, fix=fix, who="admin", path=path)
        else:
            yield Check(name=name, title=title, state="ok", text="Nothing was wrong when it was last checked.", who="admin")
