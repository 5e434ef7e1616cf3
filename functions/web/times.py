"""Times in answers: RFC 3339 in UTC."""

from datetime import UTC, datetime


def rfc3339(seconds: int | None) -> str | None:
    """Epoch seconds as ``2026-11-23T18:05:00Z``; None stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
