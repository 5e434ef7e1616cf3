"""What Latchkey asks of AWS: the operations of each service that stores call. The layer's copy of botocore knows no others.

A test compares this table with the stores.
"""

OPERATIONS = {
    "dynamodb": (
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactWriteItems",
        "UpdateItem",
    ),
    "kms": ("GenerateMac",),
    "lambda": ("Invoke",),
    "s3": (
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjects",
        "GetObject",
        "ListObjectsV2",
        "PutObject",
        "UploadPart",
    ),
    "secretsmanager": ("CreateSecret", "DeleteSecret", "GetSecretValue", "PutSecretValue"),
    "sesv2": (
        "GetAccount",
        "GetConfigurationSet",
        "GetConfigurationSetEventDestinations",
        "GetEmailIdentity",
        "SendBulkEmail",
    ),
    "sns": ("GetTopicAttributes",),
    "sqs": ("ChangeMessageVisibility", "SendMessage", "SendMessageBatch"),
}

OF_BOTOCORE = {"s3": ("CreateBucket", "HeadBucket")}
"""What botocore itself looks up: a form post is signed with the first, a bucket's region is found with the second."""
