"""Webhooks: what happens is told to programs elsewhere, which can neither slow calls nor reach what is inside."""
