"""Pure: text in, text out, every other byte kept."""
