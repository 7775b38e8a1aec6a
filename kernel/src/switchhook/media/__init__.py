"""What callers hear and leave: files with an owner, each with its row, within each tenant's storage."""
