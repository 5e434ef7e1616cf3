"""read_roster: previews and applies uploaded rosters."""
