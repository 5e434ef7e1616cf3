"""The short numbers of a school's students, which their codes begin with: counted at the school's item in ``directory``."""

from latchkey.codes.model.codes import number_is_usable
from latchkey.shared.stores.dynamo import Table, Update


class Numbers:
    """The numbers of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def reserve(self, count: int) -> list[int]:
        """Short numbers for new students, which nobody else gets; those that would spell a word are left out."""
        numbers: list[int] = []
        while missing := count - len(numbers):
            update = Update(pk=self.school, sk="SCHOOL", add={"last_number": missing}, when=[("pk", "exists", None)])
            last = self._table.update(update)["last_number"]
            numbers += filter(number_is_usable, range(last - missing + 1, last + 1))
        return numbers
