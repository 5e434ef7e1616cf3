"""Clients' secrets, in Secrets Manager: the console puts and deletes them and can read none; ``federate`` alone reads them.

A secret's name is in the connection's item before the secret is made, so that none is ever left behind that nobody finds.
"""

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.shared.stores.aws import Client, code_of, translate


class ClientSecrets:
    """The secrets whose names begin with a prefix; who only reads them needs none."""

    def __init__(self, client: Client, prefix: str = "") -> None:
        self._client = client
        self._prefix = prefix

    def name(self, school: str, unique: str) -> str:
        """The name of a new secret of a school."""
        return f"{self._prefix}/{school}/{unique}"

    def put(self, name: str, value: str) -> None:
        """Keep a secret under this name, in place of the one that is there."""
        try:
            self._client.create_secret(Name=name, SecretString=value, Description="Latchkey: single sign-on of a school")
        except ClientError as error:
            if code_of(error) != "ResourceExistsException":
                translate(error)
        except BotoCoreError as error:
            translate(error)
        else:
            return
        try:
            self._client.put_secret_value(SecretId=name, SecretString=value)
        except (ClientError, BotoCoreError) as error:
            translate(error)

    def get(self, name: str) -> str | None:
        """The secret of this name; None: there is none."""
        try:
            found = self._client.get_secret_value(SecretId=name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            translate(error)
        except BotoCoreError as error:
            translate(error)
        return str(found["SecretString"])

    def delete(self, name: str) -> None:
        """Delete a secret at once, whether it is there or not."""
        try:
            self._client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                translate(error)
        except BotoCoreError as error:
            translate(error)
