"""Values and rules of invitations."""
