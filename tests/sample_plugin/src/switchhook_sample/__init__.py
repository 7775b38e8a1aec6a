"""The weather, a caller's name, and a command."""
