"""Which of a message's people are meant."""

from dataclasses import dataclass

from latchkey.sends.model.refusals import shown
from latchkey.sends.model.views import STATES, USED, View


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilter:
    """Which recipients: of a figure (``show``), in a state, for a reason, and with a name or address in which each word of ``q``
    begins a part.
    """

    state: str = ""
    reason: str = ""
    q: str = ""
    show: View = "all"

    @property
    def used(self) -> bool | None:
        """Whether they have to have used it, or must not; None: either."""
        return USED.get(self.show)

    def means(self, state: str, reason: str | None) -> bool:
        """Whether a mail is meant that is in this state, for this reason."""
        if self.show != "all" and state not in STATES[self.show]:
            return False
        return (not self.state or state == self.state) and (not self.reason or self.reason in {reason, shown(reason)})
