"""Where the clone is."""

from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
