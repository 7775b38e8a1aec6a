"""Lamps on phones: that messages wait, and whether what stands behind a key is on."""
