"""Which names say that the value is a secret, by the words between each `_` of the name. A module without imports."""

# A word is one of these, or ends in it, as PGPASSWORD does; a number may follow. Case does not matter.
_ANYWHERE = (
    *("SECRET", "SECRETS", "PASSWORD", "PASSWORDS", "PASSWD", "PASSWDS", "PASSPHRASE", "PASSPHRASES", "PASSCODE"),
    *("CREDENTIAL", "CREDENTIALS", "APIKEY", "APIKEYS", "AUTHTOKEN", "AUTHTOKENS"),
)
_AT_AN_END = ("KEY", "KEYS", "TOKEN")  # the last word, or the first of two: TOKEN_HF
_ALONE = {"PASS", "PWD", "PW", "CRED", "CREDS", "SSHPASS", "PGPASS", "DBPASS", "DBPWD", "USERPASS"}  # but not BYPASS
_BEFORE_KEY = {"API", "ACCESS", "AUTH", "PRIVATE"}  # API_KEY is like APIKEY: anywhere
_KEYS = {"KEY", "KEYS", "TOKEN", "TOKENS"}

_OTHER_WORDS = {"MONKEY", "DONKEY", "TURKEY", "HOCKEY", "JOCKEY", "WHISKEY", "HOTKEY", "LACKEY"}
_OTHER_WORDS |= {f"{word}S" for word in _OTHER_WORDS}
# The shell's own, and the path of a file.
_OTHER_NAMES = {"PWD", "OLDPWD", "GOOGLE_APPLICATION_CREDENTIALS", "AWS_SHARED_CREDENTIALS"}
# The last word of a name that says something about a secret, or the first word of a number.
_ABOUT = {
    *("ID", "IDS", "NAME", "NAMES", "FILE", "FILES", "PATH", "PATHS", "DIR", "DIRS", "FOLDER", "URL", "URI"),
    *("ENDPOINT", "HOST", "PORT", "LENGTH", "LEN", "SIZE", "COUNT", "NUM", "NUMBER", "LIMIT", "TYPE", "KIND"),
    *("FORMAT", "INDEX", "IDX", "DIM", "DIMS", "RATE", "TTL", "EXPIRY", "EXPIRES", "TIMEOUT", "BITS", "FRAME"),
    *("FRAMES", "POINT", "POINTS", "MODE", "ENABLED", "ALGORITHM", "COLUMN", "FIELD", "STEP", "STEPS", "LOSS"),
    *("WEIGHT", "THROUGH", "VALUE", "METRIC", "MASK", "CLASSIFICATION", "EMBEDDING", "EMBEDDINGS", "DROPOUT"),
    *("MERGING", "MAP", "STORE", "PREFIX", "SUFFIX", "VERSION"),
}
_NUMBERS = {"NUM", "MAX", "MIN", "N"}

# Every secret name contains one of these, in capitals.
STEMS = ("KEY", "TOKEN", "SECRET", "PASS", "PWD", "PW", "CRED")


def is_secret(name: str) -> bool:
    """Whether the value of `name` must never be shown.

    >>> [name for name in ("WANDB_API_KEY", "token_hf", "DB_PASS", "PWD", "BYPASS", "MAX_TOKENS") if is_secret(name)]
    ['WANDB_API_KEY', 'token_hf', 'DB_PASS']
    """
    upper = name.upper()
    if upper in _OTHER_NAMES or not any(stem in upper for stem in STEMS):
        return False
    letters = "".join(char if char.isalnum() else "_" for char in upper)
    words = [word.rstrip("0123456789") or word for word in letters.split("_") if word]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if not words:
        return False
    if _is_secret_at_end(words[-1]):
        return True
    if words[-1] in _ABOUT or words[0] in _NUMBERS:
        return False
    return (  # without itertools.pairwise: this module has no imports
        any(word.endswith(_ANYWHERE) for word in words)
        or any(one in _BEFORE_KEY and other in _KEYS for one, other in zip(words, words[1:], strict=False))  # noqa: RUF007
        or (len(words) == 2 and _is_secret_at_end(words[0]))
    )


def _is_secret_at_end(word: str) -> bool:
    return word in _ALONE or (word.endswith((*_ANYWHERE, *_AT_AN_END)) and word not in _OTHER_WORDS)
