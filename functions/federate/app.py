"""The app of single sign-on: all of its routes."""

from web.app import new_app

app = new_app(
    "federate",
    "start",
    "callback",
)
"""What leads to a provider, and what a provider leads back to."""
