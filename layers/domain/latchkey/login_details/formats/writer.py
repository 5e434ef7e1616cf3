"""The writer of a format: its module is loaded when an export asks for it."""

from importlib import import_module
from typing import Final

from latchkey.login_details.model.runs import Format
from latchkey.login_details.model.setting import Setting, Write, Writer

_MODULES: Final[dict[Format, str]] = {
    "mail_merge_csv": "mail_merge_csv",
    "mail_merge_xlsx": "mail_merge_xlsx",
    "mail_merge_docx": "mail_merge_docx",
    "pin_table_xlsx": "pin_table_xlsx",
    "sims_aspect": "sims_aspect",
    "mis_codes": "mis_codes",
    "slips": "slips",
    "letters": "letters",
    "pin_table": "pin_table",
}


def new_writer(setting: Setting, write: Write) -> Writer:
    """The writer of the format that is wanted; each module has one, made by ``make``."""
    module = import_module(f"latchkey.login_details.formats.{_MODULES[setting.wanted.format]}")
    made: Writer = module.make(setting, write)
    return made
