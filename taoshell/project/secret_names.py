"""How the names of secret variables end, in capitals; small letters count too. A module without imports."""

ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD")
