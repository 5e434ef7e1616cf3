"""Where families are written."""
