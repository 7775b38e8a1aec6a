"""Lets the sample's tests run from this checkout, where the sample is not installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))
