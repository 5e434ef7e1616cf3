"""OpenID Connect: the code flow of one school's own client, and the fetcher that both kinds of single sign-on ask through."""
