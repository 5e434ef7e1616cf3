"""Name sends for an admin: one that was made for one person bears that person's name as it is now."""

from collections.abc import Mapping, Sequence

from latchkey.schools.model.school import School
from latchkey.schools.name_people import names_of
from latchkey.sends.model.send import Kind, Selection, Send
from latchkey.sends.model.send_names import name_of, one_person, titled, whom, whom_of
from latchkey.sends.needs import System


def name_sends(system: System, school: School, sends: Sequence[Send]) -> Mapping[str, str]:
    """The names of these sends by id. One read for all who were chosen alone, none where there is nobody."""
    alone = {send.id: person for send in sends if (person := one_person(send)) is not None}
    found = names_of(system, school, alone.values())
    return {send.id: name_of(send, found.get(alone.get(send.id, ""), "")) for send in sends}


def name_selection(system: System, school: School, selection: Selection, kind: Kind = "password_link") -> str:
    """What a send to this selection would be called."""
    if selection.source is not None:
        source = system.sends(school.slug).get(selection.source)
        return titled(whom_of(source) if source is not None else whom(selection, kind=kind), selection, kind=kind)
    return name_sends(system, school, [_send_to(selection, kind)])[""]


def name_selections(system: System, school: School, wanted: Sequence[tuple[Selection, Kind, str]]) -> list[str]:
    """What sends to these selections would be called; the third: to whom, where a selection does not say it."""
    alone = [_send_to(selection, kind, str(place), to) for place, (selection, kind, to) in enumerate(wanted)]
    names = name_sends(system, school, alone)
    return [
        name_selection(system, school, selection, kind) if selection.source is not None and not to else names[str(place)]
        for place, (selection, kind, to) in enumerate(wanted)
    ]


def _send_to(selection: Selection, kind: Kind, send: str = "", to: str = "") -> Send:
    return Send(id=send, kind=kind, state="queued", origin="admin", created_at=0, created_by="", selection=selection, whom=to)
