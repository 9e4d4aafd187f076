"""Two renames that replace nothing: exchange two names, and give a file a name that is still free."""

from __future__ import annotations

import errno
import os
import stat

_AT_FDCWD = -100
_NOREPLACE, _EXCHANGE = 1, 2  # linux/fs.h
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM)  # EPERM: some sandboxes; vfat has no hard links


def exchanged(path: str, other: str) -> bool:
    """Exchange two names atomically; return False if the system cannot."""
    return _renamed(path, other, _EXCHANGE)


def rename_new(path: str, name: str) -> bool:
    """Rename `path` to `name`; return False if `name` exists, and change nothing then.

    Where the system has neither such a rename nor hard links, `name` becomes a copy, and `path` stays. A kill then may
    leave the copy incomplete.
    """
    try:
        if not _renamed(path, name, _NOREPLACE):
            _link_or_copy(path, name)
    except FileExistsError:
        return False
    return True


def content_of(path: str) -> bytes | None:
    """Return the content of a regular file; None if `path` is anything else or cannot be read. Never block."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:  # raises IsADirectoryError
            return file.read() if stat.S_ISREG(os.fstat(handle).st_mode) else None
    except OSError:
        return None


def create(path: str, data: bytes, mode: int, group: int | None = None) -> None:
    """Create `path`, complete and on the disk; raise FileExistsError if it exists. If that fails, leave no file.

    If the user may not give the file to `group`, the user's own group gets no more than everybody.
    """
    # O_APPEND: if another program writes the file at this moment, both texts are in it.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            try:
                os.fchown(handle, -1, -1 if group is None else group)
            except OSError:
                mode = mode & 0o707 | (mode & 0o007) << 3 & mode
            os.fchmod(handle, mode)
            os.fsync(handle)  # after a crash of the machine, some file systems keep the rename but not the data
    except BaseException:
        os.unlink(path)
        raise


def _link_or_copy(path: str, name: str) -> None:
    try:
        os.link(path, name, follow_symlinks=False)
    except OSError as error:
        data = content_of(path)
        if error.errno not in _CANNOT or data is None:
            raise
        found = os.stat(path)
        create(name, data, stat.S_IMODE(found.st_mode), found.st_gid)
        os.utime(name, ns=(found.st_mtime_ns, found.st_mtime_ns))
        if content_of(name) != data:
            os.utime(name)  # another program wrote it already
    else:
        os.unlink(path)


def _renamed(path: str, other: str, flags: int) -> bool:
    import ctypes  # only when needed: the hook seldom replaces a file of the user

    libc = ctypes.CDLL(None, use_errno=True)
    renameat2 = getattr(libc, "renameat2", None)  # glibc 2.28, musl 1.2.6
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(path), _AT_FDCWD, os.fsencode(other), flags) == 0:
        return True
    error = ctypes.get_errno()
    if error in _CANNOT:
        return False
    raise OSError(error, os.strerror(error), path)
