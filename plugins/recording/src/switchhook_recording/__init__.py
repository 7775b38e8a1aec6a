"""Recorded talks: by the consent of everybody who is heard, kept as long as their class says."""
