"""Extracts archives with Python's own modules or with pip: extract.py CLIENT OUT ARCHIVE...

Puts the first one into OUT/0 and so on. Prints the numbers of those that it refuses.
"""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import tarfile
import zipfile


def with_tarfile(archive, into):
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")


def with_zipfile(archive, into):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(into)


def as_pip_unpacks(archive, into):
    """What pip does with a source distribution."""
    from pip._internal.utils.unpacking import unpack_file

    unpack_file(archive, into)


def as_pip_installs(archive, into):
    """What pip does with a wheel."""
    from pip._internal.cli.main import main

    offline = ["--no-deps", "--no-index", "--no-compile", "--no-cache-dir", "--disable-pip-version-check"]
    if main(["install", "--quiet", "--quiet", "--quiet", *offline, "--target", into, archive]) != 0:
        raise ValueError("refused")


CLIENTS = {
    "tarfile": with_tarfile,
    "zipfile": with_zipfile,
    "pip-unpack": as_pip_unpacks,
    "pip-install": as_pip_installs,
}


# In seconds; a wheel takes pip less than one.
LONGEST = 10


def too_long(signum, frame):
    raise TimeoutError


# Python itself reads some of these archives without end. Its own time counts, not that of a busy machine.
signal.signal(signal.SIGPROF, too_long)
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
client, out, *archives = sys.argv[1:]
refused = []
for number, archive in enumerate(archives):
    into = os.path.join(out, str(number))
    os.makedirs(into)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            CLIENTS[client](archive, into)
    except BaseException:
        refused.append(number)
    signal.setitimer(signal.ITIMER_PROF, 0)
print(json.dumps(refused))
