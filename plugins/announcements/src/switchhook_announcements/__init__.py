"""What callers hear: the library of announcements (Ansagen)."""
