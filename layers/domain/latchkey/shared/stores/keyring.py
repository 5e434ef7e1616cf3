"""Keys that KMS derives and that never lie in a table.

KMS GenerateMac computes an HMAC under a key that never leaves KMS; its result over a label is a key for that label
(https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html). A container keeps what it has derived.
"""

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.shared.stores.aws import Client, translate


class Keyring:
    """The keys under one KMS HMAC key: one for each label, 32 bytes."""

    def __init__(self, client: Client, key_id: str) -> None:
        self._client = client
        self._key_id = key_id
        self._keys: dict[str, bytes] = {}

    def key(self, label: str) -> bytes:
        """The key of this label; one call to KMS the first time."""
        found = self._keys.get(label)
        if found is None:
            try:
                answer = self._client.generate_mac(KeyId=self._key_id, MacAlgorithm="HMAC_SHA_256", Message=label.encode())
            except (ClientError, BotoCoreError) as error:
                translate(error)
            found = self._keys[label] = bytes(answer["Mac"])
        return found
