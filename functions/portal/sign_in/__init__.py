"""Sign-in of the portal."""
