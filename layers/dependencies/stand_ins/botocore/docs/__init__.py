"""Instead of what writes botocore's documentation."""
