"""The rendered configuration in a real Asterisk."""
