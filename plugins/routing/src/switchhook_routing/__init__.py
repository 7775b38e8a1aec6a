"""Where callers come from and go to."""
