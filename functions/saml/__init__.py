"""Single sign-on by SAML 2: what providers post to us, and what they have to know of us. No secret is in reach of its XML parser."""
