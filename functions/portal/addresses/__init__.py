"""Addresses that are confirmed by a link in a mail."""
