"""The rate at which the account was last seen to send: for forecasts, by those who may not ask SES."""

from latchkey.mail.model.pace import GUARD, Grid
from latchkey.mail.stores.rate import PK, SK, grid_of
from latchkey.shared.stores.dynamo import Table


def known_rate(table: Table) -> float | None:
    """Mails a second, as the workers' shared rate stands; None if nothing was ever sent."""
    item = table.get(PK, SK)
    if not item or not item.get("most") or not item.get("spacing"):
        return None
    # The item holds slots of so many mails, so many microseconds apart.
    return float(item["most"]) * 1_000_000 / float(item["spacing"]) * (1 + GUARD)


def known_grid(table: Table) -> Grid | None:
    """Its slots and lanes, as the workers share them; None if nothing was ever sent."""
    item = table.get(PK, SK)
    return grid_of(item) if item and item.get("most") and item.get("spacing") else None
