"""SHA-256 without hashlib, which loads OpenSSL: that takes longer than all that a call of the hook hashes."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash


def _sha256() -> Callable[[bytes], _Hash]:
    for name in ("_sha2", "_sha256"):  # Python 3.12 renamed its own; a Python may be built without it
        try:
            found: Callable[[bytes], _Hash] = import_module(name).sha256
        except ImportError:
            continue
        return found
    from hashlib import sha256

    return sha256


sha256 = _sha256()
