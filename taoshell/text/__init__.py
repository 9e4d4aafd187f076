"""Edit the text of files: text in, text out, and every other byte stays. Pure."""
