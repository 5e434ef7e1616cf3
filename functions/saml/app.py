"""The app of SAML: all of its routes."""

from web.app import new_app

app = new_app(
    "saml",
    "answer",
    "metadata",
)
"""Where providers' answers come to, and what providers read of us."""
