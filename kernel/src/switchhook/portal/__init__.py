"""The composition root: builds and owns everything a running portal is made of, starts and stops it."""
