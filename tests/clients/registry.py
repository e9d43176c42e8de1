"""A registry of nothing: takes what clients publish, and keeps the files.

python3 registry.py FOLDER prints its port. npm (also staged), cargo, twine, uv, gem and ovsx publish to it; every
file that arrives is written to FOLDER, and crates, gems and extensions are handed out from there. Only as much of
each protocol as publishing one package needs.
"""

import base64
import email.parser
import email.policy
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import struct
import subprocess
import sys
import tarfile
import zipfile

FOLDER = sys.argv[1]
STAGE = "0b8d1ed4-1b6a-4f0c-9a52-6a1f3a1c9a01"
staged = {}
crates = {}
extensions = {}


def keep(name, data):
    with open(os.path.join(FOLDER, os.path.basename(name)), "wb") as file:
        file.write(data)


def npm_tarball(body):
    ((name, attachment),) = json.loads(body)["_attachments"].items()
    return name.replace("/", "-"), base64.b64decode(attachment["data"])


def keep_gem(data):
    """Keeps a gem, and makes the index by which `gem fetch` finds it."""
    with tarfile.open(fileobj=io.BytesIO(data)) as gem:
        about = gzip.decompress(gem.extractfile("metadata.gz").read()).decode()
    name, version = re.search(r"^name: (.*)$", about, re.M), re.search(r"^  version: (.*)$", about, re.M)
    file = f"{name[1]}-{version[1].strip(chr(39))}.gem"
    keep(file, data)
    os.makedirs(os.path.join(FOLDER, "server/gems"), exist_ok=True)
    os.symlink(os.path.join(FOLDER, file), os.path.join(FOLDER, "server/gems", file))
    make = ["gem", "generate_index", "--directory", os.path.join(FOLDER, "server")]
    subprocess.run(make, check=True, capture_output=True)


def keep_extension(data):
    """Keeps an extension, and returns what the gallery says of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("extension/package.json"))
    about = {"namespace": manifest["publisher"], "name": manifest["name"], "version": manifest["version"]}
    extensions[f"{about['namespace']}/{about['name']}"] = about
    keep("{namespace}.{name}-{version}.vsix".format(**about), data)
    return about


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, value, kind="application/json"):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def body(self):
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self):
        port = self.server.server_address[1]
        if self.path == "/index/config.json":
            here = f"http://127.0.0.1:{port}"
            return self.answer(200, {"dl": f"{here}/dl", "api": here, "auth-required": False})
        if self.path.startswith("/index/"):
            name = self.path.rsplit("/", 1)[1]
            return self.answer(200, crates[name]) if name in crates else self.answer(404, {})
        if self.path == f"/-/stage/{STAGE}/tarball":
            return self.answer(200, staged["data"], "application/octet-stream")
        if found := re.fullmatch(r"/dl/([\w-]+)/([\w.+-]+)/download", self.path):
            return self.file(f"{found[1]}-{found[2]}.crate")
        if about := extensions.get(self.path.removeprefix("/api/")):
            file = "{namespace}.{name}-{version}.vsix".format(**about)
            files = {"download": f"http://127.0.0.1:{port}/file/{file}"}
            return self.answer(200, {**about, "allVersions": {}, "versionAlias": [], "files": files})
        if self.path.startswith("/file/"):
            return self.file(os.path.basename(self.path))
        return self.file(os.path.join("server", self.path.split("?")[0].lstrip("/")))

    def file(self, path):
        """A file that arrived, as it is now."""
        path = os.path.join(FOLDER, path)
        if not os.path.isfile(path):
            return self.answer(404, {"error": "not found"})
        with open(path, "rb") as file:
            return self.answer(200, file.read(), "application/octet-stream")

    do_HEAD = do_GET

    def do_POST(self):
        body = self.body()
        if self.path.startswith("/-/stage/package/"):
            staged["name"], staged["data"] = npm_tarball(body)
            return self.answer(201, {"stageId": STAGE})
        if self.path == f"/-/stage/{STAGE}/approve":
            keep(staged["name"], staged["data"])
            return self.answer(200, {})
        if self.path == "/api/v1/gems":
            keep_gem(body)
            return self.answer(200, b"Successfully registered gem", "text/plain")
        if self.path.startswith("/api/-/publish"):
            return self.answer(201, keep_extension(body))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        for part in form.iter_parts():
            if part.get_filename():
                keep(part.get_filename(), part.get_payload(decode=True))
        return self.answer(200, {})

    def do_PUT(self):
        body = self.body()
        if self.path != "/api/v1/crates/new":
            keep(*npm_tarball(body))
            return self.answer(201, {"success": True})
        (length,) = struct.unpack_from("<I", body)
        about = json.loads(body[4 : 4 + length])
        data = body[8 + length :]
        keep(f"{about['name']}-{about['vers']}.crate", data)
        entry = {"name": about["name"], "vers": about["vers"], "deps": [], "features": {}, "yanked": False}
        entry["cksum"] = hashlib.sha256(data).hexdigest()
        crates[about["name"]] = json.dumps(entry).encode() + b"\n"
        return self.answer(200, {"warnings": {"invalid_categories": [], "invalid_badges": [], "other": []}})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
server.handle_error = lambda *gone: None  # A client that hangs up is no error.
print(server.server_address[1], flush=True)
server.serve_forever()
