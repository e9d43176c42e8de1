"""Builds Python projects, line by line: reads {"folder": ..., "into": ..., "backend": ...} and answers with the
file names {"sdist": ..., "wheel": ...} or {"error": ...}. Each build runs in a fork, because backends change the
process that they run in; what is imported before is shared, so that thousands of builds take minutes."""

import importlib
import json
import os
import sys
import traceback

BACKENDS = {name: importlib.import_module(name) for name in ("setuptools.build_meta", "hatchling.build", "flit_core.buildapi")}


def build(backend, folder, into):
    os.chdir(folder)
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    return {"sdist": backend.build_sdist(into), "wheel": backend.build_wheel(into)}


def answer(question, pipe):
    """In the child: backends print, and nobody wants to read it."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        reply = build(BACKENDS[question["backend"]], question["folder"], question["into"])
    except BaseException:
        reply = {"error": traceback.format_exc()}
    os.write(pipe, json.dumps(reply)[:4000].encode())
    os._exit(0)


for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer(json.loads(line), writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        reply = pipe.read()
    os.waitpid(child, 0)
    print(reply or '{"error": "the build died"}', flush=True)
