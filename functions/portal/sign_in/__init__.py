"""Sign-in of the portal, and the account of who is signed in."""
