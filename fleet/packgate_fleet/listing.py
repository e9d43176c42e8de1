"""What there is to audit, as a table with a row an artifact. Large registries hand out such a list themselves (an
inventory of the bucket, an export of Artifactory); nobody should ask a store for ten million names."""

import datetime
import json
import os
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pyarrow.fs

from .schema import LISTING
from .storage import locate, scheme_of

ENDINGS = (".tgz", ".tar.gz", ".crate", ".whl", ".zip", ".vsix", ".gem", ".nupkg", ".jar")


def row(uri, size=None, sha256=None, published_at=None, listed=None):
    """A row of a listing. `listed` tells the content apart where no digest does."""
    listed = sha256 or listed or f"{size}@{published_at.isoformat() if published_at else ''}"
    return {"uri": uri, "bytes": size, "sha256": sha256, "published_at": published_at, "listed": listed}


def table(rows):
    """A listing of these rows, each URI once."""
    rows = {one["uri"]: one for one in rows}
    return pa.Table.from_pylist([rows[uri] for uri in sorted(rows)], LISTING)


def files(url):
    """All artifacts below a folder or a prefix."""
    filesystem, root = locate(url)
    selector = pyarrow.fs.FileSelector(root, recursive=True)
    for info in filesystem.get_file_info(selector):
        if info.type == pyarrow.fs.FileType.File and info.path.endswith(ENDINGS):
            yield row(scheme_of(url) + info.path, info.size, published_at=info.mtime)


def _texts(url, name):
    """The paths and contents of all files of this name below a folder."""
    filesystem, root = locate(url)
    for info in filesystem.get_file_info(pyarrow.fs.FileSelector(root, recursive=True)):
        if info.type == pyarrow.fs.FileType.File and (name is None or info.base_name == name):
            with filesystem.open_input_stream(info.path) as file:
                yield info.path, file.read().decode(errors="replace")


def _time(text):
    if not text:
        return None
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


def artifactory(url, base):
    """What Artifactory answers to a file list (`?list&deep=1`) or an AQL query, saved in a file; `base` is the URL that
    the repository's files are below."""
    filesystem, path = locate(url)
    with filesystem.open_input_stream(path) as file:
        answer = json.loads(file.read())
    for one in answer.get("files") or answer.get("results") or []:
        place = one.get("uri") or "/".join(part for part in (one.get("path"), one["name"]) if part not in (None, "."))
        if place.endswith(ENDINGS) and not one.get("folder"):
            published = _time(one.get("lastModified") or one.get("created"))
            uri = f"{base.rstrip('/')}/{place.lstrip('/')}"
            yield row(uri, one.get("size"), one.get("sha2") or one.get("sha256"), published)


def verdaccio(url):
    """Verdaccio's storage: a folder a package, with what npm was told of each version."""
    for path, text in _texts(url, "package.json"):
        manifest, folder = json.loads(text), path.rpartition("/")[0]
        times = manifest.get("time", {})
        for version, one in manifest.get("versions", {}).items():
            dist = one.get("dist", {})
            name = os.path.basename(unquote(urlparse(dist.get("tarball", "")).path))
            listed = dist.get("integrity") or dist.get("shasum")
            yield row(f"{scheme_of(url)}{folder}/{name}", None, None, _time(times.get(version)), listed)


def devpi(url):
    """devpi's folder of files: `+f/SHA/256.../NAME`; and any other where the digest stands in the path like that."""
    for one in files(url):
        segments = one["uri"].split("/")
        start = "".join(segments[-3:-1]) if len(segments) > 3 else ""
        is_digest = len(start) >= 16 and all(digit in "0123456789abcdef" for digit in start)
        yield row(one["uri"], one["bytes"], None, one["published_at"], f"sha256:{start}" if is_digest else None)


def cargo(url, base):
    """A cargo index (the files, or a clone); `base` is `dl` of its `config.json`."""
    for path, text in _texts(url, None):
        if path.endswith("config.json") or "/." in path:
            continue
        for line in filter(None, text.splitlines()):
            try:
                one = json.loads(line)
                name, version, digest = one["name"], one["vers"], one["cksum"]
            except (ValueError, KeyError, TypeError):
                break
            uri = base.replace("{crate}", name).replace("{version}", version)
            if "{" not in base:
                uri = f"{base.rstrip('/')}/{name}/{version}/download"
            yield row(uri, None, digest)


LAYOUTS = {"files": files, "artifactory": artifactory, "verdaccio": verdaccio, "devpi": devpi, "cargo": cargo}
NEED_BASE = ("artifactory", "cargo")


def batches(jobs, count=64, size=64 << 20):
    """Cuts jobs at so many artifacts or bytes, whatever comes first."""
    batch, held = [], 0
    for job in jobs:
        weight = job["bytes"] or 0
        if batch and (len(batch) >= count or held + weight > size):
            yield batch
            batch, held = [], 0
        batch.append(job)
        held += weight
    if batch:
        yield batch
