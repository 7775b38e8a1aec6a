"""Changing flows: drafts, trying them, expectations, publishing now or later, and going back."""
