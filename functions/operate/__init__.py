"""The operator's commands, invoked by IAM only: make a school, invite its admins."""
