"""Latchkey's domain: every rule of the product; knows no HTTP and no Lambda event."""
