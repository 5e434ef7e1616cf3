"""Check a draft before it is sent: how many get a mail, how long it takes, whose approval it needs, and what has changed."""

from dataclasses import dataclass, replace

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.forecast import Forecast, forecast
from latchkey.sends.look_at_people import look_at_people
from latchkey.sends.model.draft import Counted, Draft
from latchkey.sends.model.planning import DryRun, dry_run
from latchkey.sends.model.send import Need
from latchkey.sends.needs import System
from latchkey.sends.start_send import alike_meant, try_out, why_approval


@dataclass(frozen=True, slots=True)
class Checked:
    """What sending a draft would do now. ``before``: what it would have done when it was kept, where that was something else.

    ``need`` and ``approvers``: why another admin has to agree, and the names of those who can, oneself not among them.
    """

    tried: DryRun
    expected: Forecast
    starts_at: int
    need: Need | None
    approvers: tuple[str, ...]
    before: Counted | None

    @property
    def done_at(self) -> int:
        """When the last mail should be out, if nothing else is being sent; epoch seconds."""
        return self.starts_at + self.expected.seconds


def check_draft(system: System, school: School, admin: Person, draft: Draft) -> Checked:
    """Look at a draft as this admin would send it now."""
    tried = try_out(system, school, draft.selection, draft.kind)
    starts_at = draft.start_at or system.now()
    need = why_approval(system, school, admin, tried, draft.start_at)
    others = system.admins(school.slug).others(admin.id) if need else []
    now_counted = Counted(tried.total, tried.to_send)
    return Checked(
        tried=tried,
        expected=forecast(system, tried.mails),
        starts_at=starts_at,
        need=need,
        approvers=tuple(school.name_of(each) for each in others),
        before=draft.counted if draft.counted not in {None, now_counted} else None,
    )


def count_meant(system: System, school: School, draft: Draft) -> tuple[int, int]:
    """How many a draft means, and how many more would be left out, or are, by leaving out those who have logged in before."""
    if draft.kind == "parent_invitation":  # who has an account is not invited anyway
        return sum(1 for _ in look_at_people(system, school, draft.selection, draft.kind)), 0
    selection = replace(draft.selection, skip_signed_in=False)
    sent = recent_sends(system, school.slug, selection.skip_sent_within, system.now())
    alike, _ = alike_meant(system, school, selection)
    kinds = [*alike]
    signed_in = ((one, people) for one, people in kinds if one.last_login_at is not None)
    leave = dry_run(signed_in, school, but=selection, sent=sent, kind=draft.kind).to_send
    return sum(len(people) for _, people in kinds), leave
