"""Lists what Python (and so pip) reads from each archive of a folder. Prints {file: {path: digest} or null}.

Tarballs: regular files, first segment stripped, the last one of a name wins. Zips: every member.
"""

import hashlib
import json
import os
import resource
import signal
import sys
import tarfile
import zipfile


def parts(path):
    readable = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return [part for part in readable.split("/") if part not in ("", ".")]


def read_tar(path):
    files = {}
    with tarfile.open(path) as archive:
        for member in archive:
            segments = parts(member.name)
            if member.isreg() and len(segments) > 1 and ".." not in segments:
                content = archive.extractfile(member).read()
                files["/".join(segments[1:])] = hashlib.sha256(content).hexdigest()
    return files


def read_zip(path):
    files = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                content = archive.read(member)
                files["/".join(parts(member.filename))] = hashlib.sha256(content).hexdigest()
    return files


def too_long(signum, frame):
    raise TimeoutError


# Python itself reads some of these archives without end.
signal.signal(signal.SIGALRM, too_long)
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
folder = sys.argv[1]
everything = {}
for name in sorted(os.listdir(folder)):
    read = read_tar if name.endswith(".tgz") else read_zip
    signal.alarm(2)
    try:
        everything[name] = read(os.path.join(folder, name))
    except Exception:
        everything[name] = None
    signal.alarm(0)
print(json.dumps(everything))
