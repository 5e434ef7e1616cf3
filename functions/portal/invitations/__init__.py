"""Invitations of parents: the page behind the link in a mail."""
