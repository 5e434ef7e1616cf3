"""What every function tells CloudWatch of its work."""
