"""Contacts as the console shows them: how far a run is, what did not match, and the way to its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from latchkey.contacts.model.runs import FORMATS, LISTS, ROWS, SHOWN, Format, Listed, ListName, Run
from latchkey.contacts.needs import System
from latchkey.errors import Conflict, Gone, Invalid, NotFound
from latchkey.people.model.person import Person
from latchkey.shared.model.file_names import file_name
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import PAGE, Page, Pager
from latchkey.shared.stores.files import URL_LIFE


@dataclass(frozen=True, slots=True)
class Seen:
    """A run with the first rows of its lists, and the students whom these are about, by id."""

    run: Run
    lists: Mapping[ListName, list[Listed]]
    students: Mapping[str, Person]


def list_contacts(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[Run]:
    """One page of the school's runs, newest first."""
    pager = Pager(f"contacts|{school}", system.cursor_key(school))
    return pager.page(*system.contacts_runs(school).page(after=pager.after(cursor), limit=limit))


def get_contacts(system: System, school: str, run_id: str) -> Run:
    """One run; ``NotFound`` if this school has none with this id."""
    run = system.contacts_runs(school).get(run_id) if is_id(run_id) else None
    if run is None:
        raise NotFound()
    return run


def see_contacts(system: System, school: str, run_id: str) -> Seen:
    """One run with what its page shows."""
    run, kept, now = get_contacts(system, school, run_id), system.kept_parents(school), system.now()
    if run.state != "finished" or not run.kept:
        return Seen(run, {}, {})
    lists = {name: [*kept.listed(run_id, name, now, first_page=True)][:SHOWN] for name in LISTS if run.of(name)}
    ids = dict.fromkeys(row.student for rows in lists.values() for row in rows if row.student)
    return Seen(run, lists, {person.id: person for person in system.directory(school).by_ids(ids)})


def download_contacts(system: System, school: str, admin: Person, run_id: str, *, rows: object, suffix: object) -> str:
    """A URL that gives a file for at most five minutes. ``Conflict`` while there is none, ``Gone`` when no longer."""
    name, kind = _name(rows), _format(suffix)
    run, now = get_contacts(system, school, run_id), system.now()
    ends = run.files_end
    if run.state == "failed":
        raise Conflict("This upload failed, so there is no file. Upload the contacts again.", code="failed")
    if run.state == "finished" and not run.kept:
        raise Gone("A later upload has taken the place of this one. Its files were given up.")
    if run.state != "finished" or ends is None:
        raise Conflict("The files are not ready yet. Wait until the run has finished.", code="not_ready")
    if ends <= now:
        raise Gone("The files were deleted after 24 hours. Have them made again: the codes stay the same.")
    words = f"by {name}" if name in ROWS else name
    url = system.export_files().url(
        run.files[f"{name}.{kind}"],
        min(URL_LIFE, ends - now),
        name=file_name(school, ["contacts", words], run.files_at, kind),
        media_type=FORMATS[kind],
    )
    system.audit(school).record(admin.id, "contacts.download", now, {"contacts": run.id, "file": f"{name}.{kind}"})
    return url


def _name(given: object) -> str:
    found = next((name for name in (*ROWS, *LISTS) if name == given), None)
    if found is None:
        raise Invalid(fields={"rows": f"Choose one of {', '.join((*ROWS, *LISTS))}."})
    return found


def _format(given: object) -> Format:
    found = next((each for each in FORMATS if each == given), None)
    if found is None:
        raise Invalid(fields={"format": f"Choose {' or '.join(FORMATS)}."})
    return found
