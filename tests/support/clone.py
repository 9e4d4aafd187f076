"""The root of the repository."""

from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
