"""A real sshd on the loopback, with the test's home as root's home, and a client that logs in."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.shells.starts.machine import Machine
from tests.support.needs import need
from tests.support.waiting import has_ended, wait_until

_SERVER = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
UsePAM no
PidFile {folder}/pid
Subsystem sftp internal-sftp
"""
_CLIENT = """\
Host there
  HostName 127.0.0.1
  Port {port}
  User root
  IdentityFile {folder}/key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking accept-new
  LogLevel ERROR
"""


class Sshd:
    """A running sshd, and commands to reach it."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self.configuration = folder / "client"

    def command(self, *words: str, program: str = "ssh") -> list[str]:
        """Return the command `ssh WORDS` (or scp). The host is called `there`."""
        return self._machine.command([program, "-F", str(self.configuration), *words])

    def run(self, *words: str, program: str = "ssh") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            self.command(*words, program=program),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )


@contextmanager
def serving(home: Path, shell: str) -> Iterator[Sshd]:
    """Run sshd until the end of the block. Root's home is `home`, root's shell is `shell`."""
    folder = Path(tempfile.mkdtemp(prefix="sshd-"))
    sshd = need(shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin"), "sshd")
    keygen = need(shutil.which("ssh-keygen"), "ssh-keygen")
    machine = Machine(folder / "etc", {"root": (0, home)}, shell)
    port = _free_port()
    (folder / "server").write_text(_SERVER.format(folder=folder, port=port))
    (folder / "client").write_text(_CLIENT.format(folder=folder, port=port))
    for key in ("host", "key"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    # sshd needs an empty folder in /run for its chroot; in our namespace /run can be a new one.
    start = f'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec {sshd} -D -e -f "$0"'
    command: Sequence[str] = machine.command(["sh", "-c", start, f"{folder}/server"])
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(port) or server.poll() is not None)
        assert server.poll() is None, (folder / "log").read_text()
        yield Sshd(machine, folder)
    finally:
        server.terminate()
        server.wait()
        wait_until(lambda: has_ended(server.pid))
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
