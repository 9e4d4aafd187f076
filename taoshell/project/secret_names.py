"""How the names of secret variables end. A module of its own, as `taoshell hook` must import nothing heavy."""

ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD")
