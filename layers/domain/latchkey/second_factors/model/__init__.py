"""Pure rules of second factors."""
