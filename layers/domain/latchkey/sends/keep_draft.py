"""Keep a message that is still being made: begin it, change one of its answers, keep it, give it up; list those of a school.

A draft is the school's: every admin sees it with the name of who began it, and may go on with it. Who sends it has sent it.
"""

from collections.abc import Callable
from dataclasses import replace

from latchkey.errors import Changed, Conflict, NotFound
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.draft import Counted, Draft
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_request import SendKind
from latchkey.sends.needs import System
from latchkey.sends.start_send import try_out
from latchkey.shared.model.ids import is_id, new_id


def begin_draft(
    system: System,
    school: School,
    admin: Person,
    kind: SendKind,
    selection: Selection,
    *,
    whom: str = "",
    back: str = "",
    start_at: int | None = None,
    by_steps: bool = False,
    straight: bool = False,
) -> Draft:
    """A new draft. One that is begun step by step stands in the list from now on; another is a short stop on the way to sending,
    and stands there once somebody keeps or changes it. ``straight``: its other steps are passed over.
    """
    now = system.now()
    draft = Draft(
        id=new_id(now),
        kind=kind,
        selection=selection,
        whom=whom,
        start_at=start_at,
        created_at=now,
        created_by=admin.id,
        changed_at=now,
        changed_by=admin.id,
        furthest="what" if by_steps and not straight else "check",
        kept=by_steps,
        back=back,
    )
    system.drafts(school.slug).make(draft)
    return draft


def get_draft(system: System, school: str, draft_id: str) -> Draft:
    """The draft with this id; ``NotFound`` where there is none (any more)."""
    draft = system.drafts(school).get(draft_id) if is_id(draft_id) else None
    if draft is None or draft.is_over(system.now()):
        raise NotFound()
    return draft


def list_drafts(system: System, school: str) -> list[Draft]:
    """The drafts that were kept and not sent, those that changed last first."""
    now = system.now()
    found = (draft for draft in system.drafts(school).newest() if draft.kept and draft.sent_as is None and not draft.is_over(now))
    return sorted(found, key=lambda draft: draft.changed_at, reverse=True)


def change_draft(
    system: System, school: School, admin: Person, draft_id: str, change: Callable[[Draft], Draft], *, revision: int | None = None
) -> Draft:
    """Change a draft, and keep it. ``revision``: as the page has shown it (None: whatever it is).

    ``Conflict`` where somebody else has changed it since: neither writes over what the other has not seen.
    """
    draft, now = get_draft(system, school.slug, draft_id), system.now()
    if revision is not None and revision != draft.revision:
        raise _changed()
    changed = change(draft)
    try:
        return system.drafts(school.slug).change(replace(changed, kept=True, changed_at=now, changed_by=admin.id))
    except Changed:
        raise _changed() from None


def keep_draft(system: System, school: School, admin: Person, draft_id: str, revision: int | None = None) -> Draft:
    """Keep a draft for later, with how many are meant now, so that it can say when they have become others."""

    def counted(draft: Draft) -> Draft:
        tried = try_out(system, school, draft.selection, draft.kind)
        return replace(draft, counted=Counted(tried.total, tried.to_send))

    return change_draft(system, school, admin, draft_id, counted, revision=revision)


def discard_draft(system: System, school: str, draft_id: str) -> Draft:
    """Give a draft up; returns it as it was. Twice is once; one that was sent is a message, and stays one."""
    draft = system.drafts(school).get(draft_id) if is_id(draft_id) else None
    if draft is None:
        raise NotFound()
    if draft.sent_as is None and not draft.discarded:
        try:
            system.drafts(school).discard(draft.id, system.now())
        except Changed:
            raise Conflict("This draft has just been sent, so it cannot be discarded.", code="draft_sent") from None
    return draft


def _changed() -> Conflict:
    return Conflict("Somebody else has changed this draft since you opened it. Look at it again.", code="draft_changed")
