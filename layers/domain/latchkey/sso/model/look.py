"""What the last look at a connection has found."""

from dataclasses import dataclass

from latchkey.sso.model.findings import Finding, State

_WORST: tuple[State, ...] = ("stop", "warn", "unknown", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at this version of a connection, by ``federate`` or ``saml``, at this time (epoch seconds)."""

    connection: str
    version: int
    at: int
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """How it stands: as its worst finding."""
        return next((state for state in _WORST if any(each.state == state for each in self.findings)), "unknown")
