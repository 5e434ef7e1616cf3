"""Instead of uploads and downloads in parts and threads: stores call S3's own operations."""
