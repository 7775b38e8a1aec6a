"""The demonstration: a hotline built from plugins, a real Asterisk, and one real call through both."""
