"""The notice of a school's pages: what it says, from when until when.

It comes and goes by itself: whoever makes a page asks what is shown at this moment, and until when that is so (``fresh_until``);
nobody keeps a page longer than that. The copy of the page is written again at both times (``publish_page``).
"""

from dataclasses import dataclass
from typing import Self

from latchkey.schools.model.school import Settings
from latchkey.shared.model.clock import read_rfc3339


@dataclass(frozen=True, slots=True)
class PageNotice:
    """A notice; times are epoch seconds, None: it stands already, or until somebody takes it down."""

    text: str
    starts_at: int | None = None
    ends_at: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The notice of a school's settings, whether it is shown just now or not."""
        starts, ends = (read_rfc3339(text) if text else None for text in (settings.notice_starts_at, settings.notice_ends_at))
        return cls(settings.notice, starts, ends)

    def is_shown(self, now: int) -> bool:
        """Whether pages show it at this moment."""
        return bool(self.text) and (self.starts_at or 0) <= now and not self.is_over(now)

    def is_over(self, now: int) -> bool:
        """Whether its end has passed."""
        return self.ends_at is not None and self.ends_at <= now

    def turns(self, now: int) -> tuple[int, ...]:
        """The moments after ``now`` at which it appears or goes, in their order."""
        return tuple(at for at in (self.starts_at, self.ends_at) if self.text and at is not None and at > now)


def fresh_until(settings: Settings, now: int) -> int | None:
    """Until when a page that is made now says what it should (epoch seconds); None: until settings change."""
    return next(iter(PageNotice.of(settings).turns(now)), None)
