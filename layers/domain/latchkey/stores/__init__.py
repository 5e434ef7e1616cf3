"""The only modules that talk to AWS; each store is made for one school (or for the whole system where its name says so)."""
