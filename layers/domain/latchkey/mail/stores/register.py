"""What is kept of the mail account."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="rate of the mail account",
        table="activity",
        pk="#RATE",
        sk="ses",
        why="So that all workers together keep to the account's rate",
        kept="for ever; there is one",
        seen_by="nobody",
        attributes={
            "next": "The number of the next free mail",
            "grid": "What the numbers count",
            "spacing": "Between two mails, in microseconds",
            "most": "The account's rate, mails a second",
            "until": "Until when one worker expects to use all of a slow rate",
        },
    ),
)
