"""``python -m switchhook.cli``."""

from .main import main

main()
