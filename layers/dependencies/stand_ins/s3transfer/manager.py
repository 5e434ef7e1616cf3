"""What boto3 looks for when it is imported."""


class TransferConfig:
    """Its presence alone is asked for."""

    UNSET_DEFAULT = object()
