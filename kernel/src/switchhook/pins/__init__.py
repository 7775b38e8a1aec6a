"""Attempts with PINs: counted, locked and unlocked."""
