"""Download the file of an export: a URL is made on the click and kept nowhere."""

from latchkey.errors import Conflict, Gone
from latchkey.login_details.model.run_names import facts_of, file_name
from latchkey.login_details.model.runs import FORMATS
from latchkey.login_details.needs import System
from latchkey.login_details.watch_export import get_export
from latchkey.people.model.person import Person
from latchkey.shared.stores.files import URL_LIFE


def download_export(system: System, school: str, admin: Person, export_id: str) -> str:
    """A URL that gives the file for at most five minutes. ``Conflict`` while there is no file, ``Gone`` when no longer."""
    export, now = get_export(system, school, export_id), system.now()
    ends = export.file_expires_at
    if ends is None or export.finished_at is None or export.key is None:
        if export.state_at(now) == "failed":
            raise Conflict("This export failed, so there is no file. Start it again: the codes stay the same.")
        raise Conflict("This file is not ready yet. Wait until the export has finished.")
    if ends <= now:
        raise Gone("This file was deleted after 24 hours. Start the export again: the codes stay the same.")
    facts = FORMATS[export.wanted.format]
    name = file_name(school, export.wanted, export.finished_at)
    url = system.export_files().url(export.key, min(URL_LIFE, ends - now), name=name, media_type=facts.media_type)
    system.audit(school).record(admin.id, "export.download", now, {**facts_of(export), "rows": export.rows})
    return url
