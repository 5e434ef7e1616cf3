"""Choose the language of one's own pages and mails."""

from dataclasses import replace
from typing import Final

from latchkey.accounts.needs import System
from latchkey.errors import Changed, Invalid, NotSignedIn, TryLater
from latchkey.people.model.edited import with_edits
from latchkey.people.model.person import Person
from latchkey.shared.model.languages import LANGUAGES
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn

_ROUNDS: Final = 5
NO_SUCH: Final = said("Choose one of these languages.")


def choose_language(system: System, me: SignedIn, language: str) -> Person:
    """The person with this language, empty for the school's; ``Invalid`` if it is none of ours.

    It counts as edited here, as if the school's office had written it down: a roster that says otherwise is judged by the
    school's rule for languages (``Words.language``), and does not take it away unseen.
    """
    if language and language not in LANGUAGES:
        raise Invalid(fields={"language": NO_SUCH})
    slug, before = me.school.slug, me.person
    chosen = language or None
    for _ in range(_ROUNDS):
        if before.language == chosen:
            return before
        after = with_edits(before, replace(before, language=chosen))
        facts: dict[str, str | int] = {"person": before.id, "language": language or "school"}
        event = system.audit(slug).record_of(before.id, "person.language", system.now(), facts)
        try:
            system.own_choices(slug).language(before, after, event)
        except Changed:
            now_is = system.directory(slug).person(before.id)
            if now_is is None or now_is.status != "active":
                raise NotSignedIn() from None
            before = now_is
        else:
            return after
    raise TryLater()
