"""What callers leave: mailboxes."""
