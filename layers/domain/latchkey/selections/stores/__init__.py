"""Where selections are kept."""
