"""Becomes another program that cannot outlive the one that started it, with fewer rights where asked.

Run as a file (``python -I -S launch.py …``), never imported by the application: it has to start in
milliseconds and needs nothing but the standard library. It replaces itself by the command, so the process id that
the parent sees is the command's own.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

# Statuses of our own, outside of what PostgreSQL and Python programs use.
STATUS_NO_IDENTITY = 120
STATUS_CANNOT_EXECUTE = 121

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
# The id that the program believes to run as. It has an entry in /etc/passwd nearly everywhere, and initdb asks for one.
INNER_ID = 65534


def main() -> None:
    """Read the options, change what they ask for, become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--death-signal", type=int, default=int(signal.SIGTERM))
    parser.add_argument("--chdir")
    parser.add_argument("--identity", default="same", help="same, mapped (a user namespace) or uid:gid")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    # Before the rights go: the folder may lie where the new identity could not walk to.
    if options.chdir:
        os.chdir(options.chdir)
    try:
        _take_identity(options.identity)
    except OSError as error:
        sys.stderr.write(f"cannot become {options.identity}: {error}\n")
        sys.exit(STATUS_NO_IDENTITY)
    # After it: the kernel forgets the death signal when the user changes.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, options.death_signal, 0, 0, 0)
        if os.getppid() != options.parent:
            sys.exit(STATUS_CANNOT_EXECUTE)  # The parent died before the line above could matter.
    # Python ignores it and the setting would be inherited; programs expect the usual one.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execv(options.command[0], options.command)
    except OSError as error:
        sys.stderr.write(f"cannot execute {options.command[0]}: {error}\n")
        sys.exit(STATUS_CANNOT_EXECUTE)


def _take_identity(identity: str) -> None:
    if identity == "same":
        return
    if identity == "mapped":
        uid, gid = os.geteuid(), os.getegid()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "no user namespace")
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{INNER_ID} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{INNER_ID} {gid} 1", encoding="ascii")
        return
    uid, gid = map(int, identity.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    main()
