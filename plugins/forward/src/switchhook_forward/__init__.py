"""Forwarding to phones and numbers."""
