//! An index of Python packages on loopback: uv reads what comes from one as a stream, and a file by its directory.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use super::clients::bounded;

/// Installs each wheel, which must be of acme 1.0.0, with uv from an index of its own.
pub(super) fn uv_from_index(archives: &[PathBuf], out: &Path) -> BTreeSet<usize> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let files = archives.to_vec();
    // It ends with the tests.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &files);
        }
    });
    let refuses = |number: &usize| {
        let into = out.join(number.to_string());
        std::fs::create_dir(&into).unwrap();
        let mut command = bounded("uv");
        command.args(["pip", "install", "--quiet", "--no-deps", "--no-config"]);
        command.arg("--cache-dir").arg(out.join(format!("cache{number}")));
        command.args(["--python", "python3", "--target"]).arg(into);
        command.arg("--default-index").arg(format!("http://{address}/{number}/simple")).arg("acme==1.0.0");
        command.env("UV_HTTP_RETRIES", "0").env("NO_PROXY", "*");
        !command.output().unwrap().status.success()
    };
    (0..archives.len()).filter(refuses).collect()
}

/// Answers `/NUMBER/simple/acme/` with the page that links to the file, and `/NUMBER/FILE` with its bytes.
fn answer(mut stream: TcpStream, files: &[PathBuf]) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(&piece[..count]);
    }
    let request = String::from_utf8_lossy(&request);
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut segments = path.trim_start_matches('/').split('/');
    let file = segments.next().and_then(|number| files.get(number.parse::<usize>().ok()?));
    let name = file.and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
    let (Some(file), Some(name)) = (file, name) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let number = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let (kind, body) = match segments.next() {
        Some("simple") => {
            ("text/html", format!("<!DOCTYPE html><a href=\"/{number}/{name}\">{name}</a>").into_bytes())
        }
        Some(asked) if asked == name => ("application/octet-stream", std::fs::read(file)?),
        _ => {
            return stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    if method == "HEAD" { Ok(()) } else { stream.write_all(&body) }
}
