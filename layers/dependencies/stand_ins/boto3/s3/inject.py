"""boto3 calls this for each client of S3; the methods that it would add need s3transfer."""

from typing import Any


def inject_s3_transfer_methods(class_attributes: dict[str, Any], **_: Any) -> None:
    """Add nothing."""
