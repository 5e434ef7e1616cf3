"""Single sign-on by SAML: what providers post to us, and what they read of us. No secret is in reach of its XML parser."""
