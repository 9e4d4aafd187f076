"""Talking with people: what is printed, asked and completed."""
