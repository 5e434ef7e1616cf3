"""Lambda's entry of console."""

from start.ready import ready

handle = ready(
    "console", "console.app:app", services=("dynamodb", "kms", "s3", "sqs"), pages=("base.html", "console.html", "parts.html")
)
