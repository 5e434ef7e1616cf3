"""Where invitations are kept."""
