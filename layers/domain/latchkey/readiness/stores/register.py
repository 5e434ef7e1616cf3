"""What is kept of readiness."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="figures of readiness of a day",
        table="activity",
        pk="<school>#FIGURES",
        sk="<day>",
        why="To see whether more people can log in than before",
        kept="two years",
        seen_by="admins",
        attributes={
            "counts": "How many people of each role and year group could log in, and how many could not for which reason",
            "at": "When they were counted",
        },
    ),
    Kind(
        name="who wants the weekly mail",
        table="activity",
        pk="<school>#WEEKLY",
        sk="<person>",
        why="So that only admins who asked for it are mailed",
        kept="as long as the school is here",
        seen_by="the admin",
        attributes={"wanted": "Whether they want it", "at": "Since when"},
        about="by id",
    ),
    Kind(
        name="weekly mail",
        table="activity",
        pk="<school>#WEEKS",
        sk="<week>",
        why="So that each week has one mail to admins, however often the day's work is done",
        kept="60 days",
        seen_by="nobody",
        attributes={"at": "When it was written"},
    ),
)
