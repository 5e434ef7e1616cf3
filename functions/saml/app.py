"""The app of SAML: all of its routes."""

from saml import answer, metadata
from web.app import new_app

app = new_app("saml", answer.routes, metadata.routes)
"""Where providers' answers come to, and what providers read of us."""
