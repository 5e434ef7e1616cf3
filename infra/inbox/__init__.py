"""The inbox of the local stack: every mail that was sent, as JSON for scripts and as pages for people."""
