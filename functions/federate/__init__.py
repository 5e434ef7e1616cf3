"""Single sign-on by OpenID Connect: the way to the provider and back; and the start of SAML, which needs no parser."""
