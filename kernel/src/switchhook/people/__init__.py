"""People: accounts and their rights, signing in, sessions, invitations and tokens."""
