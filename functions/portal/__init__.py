"""What everyone reaches: find a school, sign in, forgot password, set a password, one's own account."""
