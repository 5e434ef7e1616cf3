"""Instead of boto3's resources: their data is not in the layer, and stores use clients."""
