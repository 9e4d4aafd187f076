"""`make demo`: two new sample projects in real shells."""
