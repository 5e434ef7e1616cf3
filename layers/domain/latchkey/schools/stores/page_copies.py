"""Copies of schools' public pages in S3, which CloudFront shows while the API fails."""

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.shared.stores.aws import Client, translate

# As the page itself: kept for a minute by CloudFront, asked for again by browsers.
_KEPT = "public, max-age=0, s-maxage=60"


class PageCopies:
    """One bucket; a page lies under its own path."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, slug: str, page: str) -> None:
        """Write the copy of a school's page in place of the one before."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=f"schools/{slug}",
                Body=page.encode(),
                ContentType="text/html; charset=utf-8",
                CacheControl=_KEPT,
            )
        except (ClientError, BotoCoreError) as error:
            translate(error)
