"""Lambda's way into the functions: what a first answer needs is made while Lambda starts them, where they have a whole core."""
