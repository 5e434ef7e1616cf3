"""Lambda's entry of build_export."""

from start.ready import ready

handle = ready("build_export", "build_export.handler:handle", services=("dynamodb", "kms", "s3", "sqs"))
