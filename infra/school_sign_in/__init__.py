"""The demo's own school sign-in, "Southgate ID": an OpenID Connect provider on this machine, for the local stack and its tests.

The protocol is PyPI's oidc-provider-mock (it needs Python and nothing else); the page on which a visitor picks a pupil or a
teacher is ours. It asks no password and takes any client secret, so it listens on this machine only; it is not deployed.
"""
