//! Home folders: what a path of the builder's machine looks like. Shared by the inspectors of texts and of
//! binaries.

/// Beginnings of home folders, as written on Linux, macOS and Windows.
pub(super) const PREFIXES: [&str; 4] = ["/home/", "/Users/", "\\Users\\", "\\users\\"];

/// Names that stand for no person: those of CI systems and containers, and those of documentation.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "alice",
    "all",
    "all users",
    "andy",
    "anonymous",
    "app",
    "appuser",
    "appveyor",
    "azureuser",
    "bob",
    "bot",
    "brew",
    "build",
    "builder",
    "buildbot",
    "buildkite",
    "ci",
    "circleci",
    "cloud",
    "cloudshell",
    "codespace",
    "coder",
    "conda",
    "container",
    "containeradministrator",
    "default",
    "deploy",
    "dev",
    "developer",
    "docker",
    "ec2-user",
    "example",
    "foo",
    "gha",
    "git",
    "github",
    "gitlab",
    "gitlab-runner",
    "gitpod",
    "guest",
    "heroku",
    "home",
    "jane",
    "janedoe",
    "jenkins",
    "jovyan",
    "jupyter",
    "joe",
    "john",
    "johndoe",
    "linuxbrew",
    "mambauser",
    "me",
    "my-user",
    "myname",
    "myuser",
    "name",
    "nixbld",
    "nobody",
    "node",
    "node_modules",
    "nonroot",
    "oem",
    "pi",
    "portage",
    "public",
    "pwuser",
    "root",
    "runner",
    "runneradmin",
    "sandbox",
    "semaphore",
    "shared",
    "someone",
    "somebody",
    "someuser",
    "steam",
    "test",
    "tester",
    "testuser",
    "tmp",
    "travis",
    "ubuntu",
    "user",
    "user1",
    "user2",
    "username",
    "usr",
    "vagrant",
    "vcap",
    "vsts",
    "vsts_azpcontainer",
    "vssadministrator",
    "vscode",
    "web",
    "webapp",
    "work",
    "worker",
    "workspace",
    "wsl",
    "www",
    "www-data",
    "xxx",
    "you",
    "your-name",
    "your-user",
    "your-username",
    "your_name",
    "your_user",
    "your_username",
    "yourname",
    "youruser",
    "yourusername",
];

/// A path below somebody's home folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HomePath<'a> {
    /// Offset of its first byte.
    pub offset: usize,
    /// The path, at most 200 bytes, backslashes as written.
    pub path: &'a str,
    /// Length of the home folder's own part, `/home/jane`.
    pub home: usize,
}

impl HomePath<'_> {
    /// The home folder.
    pub(super) fn folder(&self) -> &str {
        self.path.get(..self.home).unwrap_or_default()
    }
}

/// Reads the path around a prefix that is at `at`, if it is one of a person's home folder and names
/// something in it.
pub(super) fn read<'a>(bytes: &'a [u8], at: usize, prefix: &str) -> Option<HomePath<'a>> {
    let windows = prefix.starts_with('\\');
    let start = if windows { drive_start(bytes, at)? } else { unix_start(bytes, at)? };
    let mut name_start = at + prefix.len();
    while windows && bytes.get(name_start) == Some(&b'\\') {
        name_start += 1;
    }
    let name_length = bytes.get(name_start..)?.iter().take(64).take_while(|byte| is_name(**byte)).count();
    let name = std::str::from_utf8(bytes.get(name_start..name_start + name_length)?).ok()?;
    let separator = *bytes.get(name_start + name_length)?;
    let follows = bytes.get(name_start + name_length + 1)?;
    let ends_as_path = (separator == b'/' && !windows) || (separator == b'\\' && windows);
    let below = is_name(*follows) || (windows && *follows == b'\\');
    if !ends_as_path || !below || !is_person(name) {
        return None;
    }
    let length = bytes.get(start..)?.iter().take(200).take_while(|byte| is_path(**byte, windows)).count();
    let path = std::str::from_utf8(bytes.get(start..start + length)?).ok()?;
    Some(HomePath { offset: start, path, home: name_start + name_length - start })
}

fn is_person(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.len() >= 2
        && lower.starts_with(|first: char| first.is_ascii_lowercase())
        && !lower.contains("example")
        && !lower.contains("runner")
        && NOBODY.iter().all(|nobody| *nobody != lower)
}

/// Where a Unix path begins: here, unless it goes on to the left, as in a URL or a longer path.
fn unix_start(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes.get(..at)?;
    let free = match before {
        [.., b':', b'/', b'/'] => before.ends_with(b"file://"),
        [.., letter, b':'] if letter.is_ascii_alphabetic() => true,
        [.., last] => {
            !(is_name(*last) || matches!(last, b'/' | b'\\' | b'}' | b')' | b'$' | b'~' | b'*'))
                || *last >= 0x80
        }
        [] => true,
    };
    (free || is_counted(bytes, at)).then_some(at)
}

/// Whether the bytes before it are a length, as in Python's bytecode (a short string's type, then a byte) and
/// in Java's classes (a string's tag, then two bytes): such a byte may be a letter.
fn is_counted(bytes: &[u8], at: usize) -> bool {
    let length = match bytes.get(..at) {
        Some([.., b'z' | b'Z' | 0xFA | 0xDA, length]) => usize::from(*length),
        Some([.., 1, high, low]) => usize::from(*high) << 8 | usize::from(*low),
        _ => return false,
    };
    let path = bytes.get(at..).and_then(|rest| rest.get(..length));
    path.is_some_and(|path| path.iter().all(|byte| is_path(*byte, false)))
}

/// Where a Windows path begins: at its drive letter.
fn drive_start(bytes: &[u8], at: usize) -> Option<usize> {
    let mut colon = at;
    while bytes.get(colon.checked_sub(1)?) == Some(&b'\\') {
        colon -= 1;
    }
    let colon = colon.checked_sub(1)?;
    let letter = colon.checked_sub(1)?;
    (bytes.get(colon) == Some(&b':') && bytes.get(letter)?.is_ascii_alphabetic()).then_some(letter)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@')
}

fn is_path(byte: u8, windows: bool) -> bool {
    is_name(byte) || matches!(byte, b'/' | b'+' | b':' | b'~' | b'=') || (windows && byte == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_before_it_is_no_part_of_it() {
        let path = "/home/marta/acme/".to_owned() + &"x".repeat(80);
        let counted = |head: &[u8]| [head, path.as_bytes(), b"("].concat();
        let found = |bytes: &[u8], at: usize| read(bytes, at, "/home/").is_some();
        assert!(found(&counted(&[0xDA, path.len() as u8]), 2));
        assert!(found(&counted(&[1, 0, path.len() as u8]), 3));
        assert!(!found(&counted(&[b'z', path.len() as u8 + 9]), 2));
        assert!(!found(&counted(&[b'a', path.len() as u8]), 2));
    }

    fn folder(text: &str) -> Option<String> {
        PREFIXES.iter().find_map(|prefix| {
            let at = text.find(prefix)?;
            read(text.as_bytes(), at, prefix).map(|found| found.folder().to_owned())
        })
    }

    #[test]
    fn somebodys_home() {
        for (text, home) in [
            ("\"/home/jkowalski/work/a.c\"", "/home/jkowalski"),
            ("SF:/Users/m.tanaka/src/a.ts", "/Users/m.tanaka"),
            ("file:///home/jkowalski/x", "/home/jkowalski"),
            ("C:\\Users\\Marta\\src\\a.cpp", "C:\\Users\\Marta"),
            ("\"D:\\\\Users\\\\Marta\\\\src\"", "D:\\\\Users\\\\Marta"),
            ("c:\\users\\marta\\a", "c:\\users\\marta"),
            ("C:/Users/Marta/a", "/Users/Marta"),
        ] {
            assert_eq!(folder(text).as_deref(), Some(home), "{text}");
        }
    }

    #[test]
    fn nobodys_home() {
        for text in [
            "/home/runner/work/a",
            "/Users/runner/a",
            "/home/user/a",
            "/home/vsts/work/1/s",
            "https://example.org/home/marta/a",
            "/api/Users/marta/x",
            "'/Users/:id/edit'",
            "/home/${user}/x",
            "/home/marta",
            "/home/marta'",
            "\\Users\\Marta\\x",
            "C:\\Users\\Public\\x",
            "../home/marta/x",
            "/home/x/",
        ] {
            assert_eq!(folder(text), None, "{text}");
        }
    }
}
