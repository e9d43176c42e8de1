"""A registry of nothing: takes what clients publish, and keeps the files.

python3 registry.py FOLDER prints its port. npm (also staged), cargo, twine and uv publish to it; every file
that arrives is written to FOLDER. Only as much of each protocol as publishing one package needs.
"""

import base64
import email.parser
import email.policy
import hashlib
import http.server
import json
import os
import struct
import sys

FOLDER = sys.argv[1]
STAGE = "0b8d1ed4-1b6a-4f0c-9a52-6a1f3a1c9a01"
staged = {}
crates = {}


def keep(name, data):
    with open(os.path.join(FOLDER, os.path.basename(name)), "wb") as file:
        file.write(data)


def npm_tarball(body):
    ((name, attachment),) = json.loads(body)["_attachments"].items()
    return name.replace("/", "-"), base64.b64decode(attachment["data"])


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
        return self.answer(404, {"error": "not found"})

    def do_POST(self):
        body = self.body()
        if self.path.startswith("/-/stage/package/"):
            staged["name"], staged["data"] = npm_tarball(body)
            return self.answer(201, {"stageId": STAGE})
        if self.path == f"/-/stage/{STAGE}/approve":
            keep(staged["name"], staged["data"])
            return self.answer(200, {})
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
