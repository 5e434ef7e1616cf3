"""The bucket with copies of pages: CloudFront's second origin, asked when the API fails."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.edge.cache import Answer


class Copies:
    """Read with a signature, as CloudFront's origin access control reads; ``said`` is {"url", "region", "bucket", "key"}."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said

    def get(self, path: str) -> Answer:
        """The copy under a path, or the error that S3 gives."""
        try:
            found = self._client.get_object(Bucket=self._said["bucket"], Key=unquote(path.removeprefix("/")))
        except ClientError as error:
            return Answer(int(error.response["ResponseMetadata"]["HTTPStatusCode"]), [("Content-Type", "application/xml")], b"")
        except BotoCoreError:
            return Answer(502, [("Content-Type", "application/xml")], b"")
        body = found["Body"].read()
        headers = [("Content-Type", found["ContentType"]), ("Content-Length", str(len(body)))]
        return Answer(200, [*headers, ("Cache-Control", found.get("CacheControl", ""))], body)

    @cached_property
    def _client(self) -> Any:
        key = self._said["key"]
        session: Any = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key, region_name=self._said["region"])
        return session.client("s3", endpoint_url=self._said["url"])
