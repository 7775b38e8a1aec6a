"""Announcements, menus and digit entry."""
