"""Instead of what boto3 adds to S3's clients and resources."""
