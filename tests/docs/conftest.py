"""The tutorial's plugin can be imported as if it were installed."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "first_plugin" / "src")]
