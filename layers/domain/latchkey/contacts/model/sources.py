"""Which shape an uploaded contacts export has: decided by what the file holds, not by its name."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from latchkey.contacts.model.contact import Source
from latchkey.contacts.model.ctf import CtfSource
from latchkey.contacts.model.table_source import TableSource
from latchkey.office_files.model.archive import MAGIC, Zip, is_package
from latchkey.office_files.model.table_files import table_file
from latchkey.office_files.model.unusable import Unusable

FILE: Final = "The file"
_LOOKED_AT: Final = 512
_XML: Final = ".xml"


def open_contacts(file: BinaryIO, chosen: Mapping[str, int] | None = None) -> Source:
    """The contacts in a file. ``Unusable`` says why there are none, ``ColumnsUnknown`` that an admin has to name columns."""

    def again() -> BinaryIO:
        file.seek(0)
        return file

    if again().read(4) == MAGIC and not is_package(again()):
        bundle = Zip(again())
        inside = [name for name in bundle.names if name.endswith(_XML)]
        if len(inside) == 1:
            return CtfSource(lambda: bundle.open(inside[0]))
        if inside:
            raise Unusable("The zip holds several XML files. Upload one Common Transfer File.")
    if _is_xml(again):
        return CtfSource(again)
    return TableSource(table_file(again(), FILE), chosen)


def _is_xml(open_file: Callable[[], BinaryIO]) -> bool:
    return open_file().read(_LOOKED_AT).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
