"""Talking with people: messages, tables, questions, completion."""
