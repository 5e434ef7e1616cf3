"""The app of single sign-on: all of its routes."""

from federate import callback, start
from web.app import new_app

app = new_app("federate", start.routes, callback.routes)
"""What leads to a provider, and what a provider leads back to."""
