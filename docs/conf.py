"""How the documentation is built; ``docs/generate.py`` writes the parts that come from the code."""

from importlib.metadata import version as installed

project = "Switchhook"
author = "The Switchhook authors"
copyright = author  # noqa: A001 - Sphinx's own name
version = release = installed("switchhook")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Switchhook {version}"
html_static_path = ["_static"]
