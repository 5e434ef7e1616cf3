"""Plans and rehearsals: values and rules."""
