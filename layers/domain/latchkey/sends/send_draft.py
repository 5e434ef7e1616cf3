"""Send a draft: once, however often it is asked for, and to just as many as its page has said."""

from latchkey.errors import Changed, Conflict, Invalid
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.keep_draft import get_draft
from latchkey.sends.model.approval import holds
from latchkey.sends.model.draft import Draft
from latchkey.sends.model.send import Send
from latchkey.sends.needs import System
from latchkey.sends.repeat_send import start_from
from latchkey.sends.start_send import try_out
from latchkey.shared.model.ids import new_id
from latchkey.shared.start_run import Started


def send_draft(
    system: System, school: School, admin: Person, draft_id: str, *, revision: int | None = None, people: int | None = None
) -> Started[Send]:
    """The message that a draft becomes. ``revision`` and ``people``: which draft the page has shown, and to how many it would go.

    Nothing is sent where it goes to another number by now (``people_changed``), where somebody else has changed the draft
    (``draft_changed``), or where the time that was chosen has passed.
    """
    drafts, now = system.drafts(school.slug), system.now()
    draft = get_draft(system, school.slug, draft_id)
    if draft.sent_as is not None:
        made = system.sends(school.slug).get(draft.sent_as)
        if made is not None and not _is_to_set_off(made, now):
            return Started(made, new=False)
    else:
        _look_once_more(system, school, draft, revision, people)
        try:
            draft = drafts.mark_sent(draft, new_id(now), now)
        except Changed:
            raise _changed() from None
    return start_from(system, school, admin, draft)


def _is_to_set_off(made: Send, now: int) -> bool:
    """Whether a message is there whose own message to the queue may have been lost."""
    return made.was_not_queued or (made.state == "queued" and not holds(made, now))


def _look_once_more(system: System, school: School, draft: Draft, revision: int | None, people: int | None) -> None:
    if revision is not None and revision != draft.revision:
        raise _changed()
    if draft.is_late(system.now()):
        raise Invalid("Nothing was sent.", fields={"start_at": "The time you chose has passed. Choose another one."})
    if people is not None and try_out(system, school, draft.selection, draft.kind).to_send != people:
        text = "The people have changed since you looked. Nothing was sent: look at the numbers again."
        raise Conflict(text, code="people_changed")


def _changed() -> Conflict:
    return Conflict("Somebody else has changed this draft since you opened it. Nothing was sent.", code="draft_changed")
