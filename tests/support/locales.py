"""Locales that lack characters of ours. What a machine does not have is made by localedef."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile

from tests.support.needs import need

_MADE = {"zh_CN.GBK": ("zh_CN", "GBK"), "de_DE.ISO-8859-1": ("de_DE", "ISO-8859-1")}


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for LOCPATH, which lives as long as the tests."""
    folder = tempfile.TemporaryDirectory(prefix="locales-")
    localedef = need(shutil.which("localedef"), "localedef")
    for name, (language, charmap) in _MADE.items():
        command = [localedef, "-i", language, "-f", charmap, f"{folder.name}/{name}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        need(name if done.returncode in (0, 1) else None, f"the source of the locale {name} (package locales)")
    return folder


def environment(name: str) -> dict[str, str]:
    """Return the variables of a program in the locale `name`, which may also be one that does not exist."""
    if name == "POSIX":  # Python would take UTF-8 instead
        return {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return {"LC_ALL": name, "LOCPATH": _folder().name} if name in _MADE else {"LC_ALL": name}
