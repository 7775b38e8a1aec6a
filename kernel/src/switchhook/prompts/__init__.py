"""The library of sounds, the texts of the stock prompts, and the making of their sounds."""
