"""What the portal's pages bring to the kernel's hooks."""

from __future__ import annotations
