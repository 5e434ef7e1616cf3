"""A school's logo, in an item of its own: the school's item is read far too often to carry a picture."""

from latchkey.schools.model.logo import Logo
from latchkey.shared.stores.dynamo import Put, Table, Value

_SK = "LOGO"


class Logos:
    """The logo of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self) -> Logo | None:
        """The school's logo."""
        item = self._table.get(self.school, _SK)
        if not item or not item.get("png"):
            return None
        return Logo(item["id"], item["width"], item["height"], bytes(item["png"]))

    def put(self, logo: Logo | None) -> None:
        """Keep another logo, or none."""
        facts: dict[str, Value] = (
            {"id": logo.id, "width": logo.width, "height": logo.height, "png": logo.png} if logo else {"id": ""}
        )
        self._table.put(Put(item={"pk": self.school, "sk": _SK, **facts}))
