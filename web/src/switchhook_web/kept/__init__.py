"""Pages of everything that administrators keep, made from its declaration: no kind has a page of its own."""
