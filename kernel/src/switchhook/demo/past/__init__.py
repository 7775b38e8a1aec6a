"""The last weeks of the demonstration: made-up callers who went through its flows, so that no page is empty."""
