"""Secrets Manager in memory, as strict as AWS where stores meet it: a name is made once; what is not there is not read."""

import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_LONGEST = 65_536


@dataclass
class MemorySecrets:
    """The secrets by their names."""

    kept: dict[str, str] = field(default_factory=dict)

    def create_secret(self, *, Name: str, SecretString: str, Description: str) -> dict[str, Any]:  # noqa: N803
        """CreateSecret."""
        assert _NAME.fullmatch(Name)
        assert 0 < len(SecretString) <= _LONGEST
        assert len(Description) <= 2_048
        if Name in self.kept:
            raise _error("ResourceExistsException", "CreateSecret")
        self.kept[Name] = SecretString
        return {"Name": Name}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> dict[str, Any]:  # noqa: N803
        """PutSecretValue."""
        self._there(SecretId, "PutSecretValue")
        assert 0 < len(SecretString) <= _LONGEST
        self.kept[SecretId] = SecretString
        return {"Name": SecretId}

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        """GetSecretValue."""
        return {"Name": SecretId, "SecretString": self._there(SecretId, "GetSecretValue")}

    def delete_secret(self, *, SecretId: str, ForceDeleteWithoutRecovery: bool) -> dict[str, Any]:  # noqa: N803
        """DeleteSecret."""
        assert ForceDeleteWithoutRecovery  # a name is never used again, so nothing is to be restored
        self.kept.pop(SecretId, None)  # AWS raises nothing for one that is not there, if deletion is forced
        return {"Name": SecretId}

    def _there(self, name: str, operation: str) -> str:
        if name not in self.kept:
            raise _error("ResourceNotFoundException", operation)
        return self.kept[name]


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
