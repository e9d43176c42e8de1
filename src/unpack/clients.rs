//! What each client's reader makes of the constructs that most readers take alike: one row for a client, with the
//! versions that were run or whose sources were read. Whether two readers of a package differ is derived from it.

use crate::inventory::{AnomalyKind, Kind, ReadBy};

/// A client that unpacks packages.
struct Client {
    /// Its name, and the versions that were run or whose sources were read.
    name: &'static str,
    /// Whose packages it installs.
    of: &'static [ReadBy],
    /// The constructs that it reads otherwise than the others, and how.
    otherwise: &'static [(AnomalyKind, &'static str)],
}

use AnomalyKind::{
    ArLongName, PathDot, SeveralStreams, TarGnuName, TarHardLink, TarNameRest, TarNulFolder, TarNulType,
    TarPaxName, TarWideNumber, TrailingZeros, Zip64Zeros,
};

/// `tests/it/hostile/clients.rs` and `installs.rs` unpack archives of these constructs with npm, pip, uv, RubyGems, tar,
/// bsdtar, unzip, 7-Zip, Java and Go where they are installed. The rows of PyPI and of Visual Studio Code come from their
/// sources.
const CLIENTS: &[Client] = &[
    Client {
        name: "npm 11.19 and 12.2",
        of: &[ReadBy::Kind(Kind::Npm)],
        otherwise: &[(PathDot, "takes the dot for the package's folder and cuts it off")],
    },
    Client {
        name: "pnpm 12.21 or yarn 1.22",
        of: &[ReadBy::Kind(Kind::Npm)],
        otherwise: &[(TarNulFolder, "writes an empty file in the folder's place, or refuses the package")],
    },
    Client {
        name: "cargo 1.95",
        of: &[ReadBy::Kind(Kind::Crate)],
        otherwise: &[(PathDot, "refuses a path that doesn't begin with the crate's folder")],
    },
    Client {
        name: "pip 26.3",
        of: &[ReadBy::Kind(Kind::Sdist)],
        otherwise: &[(PathDot, "takes the dot for the package's folder and cuts it off")],
    },
    Client {
        name: "uv 0.13",
        of: &[ReadBy::Kind(Kind::Wheel)],
        otherwise: &[
            (TrailingZeros, "refuses a wheel with bytes after its end"),
            (Zip64Zeros, "refuses a wheel with them"),
        ],
    },
    Client {
        name: "PyPI",
        of: &[ReadBy::Kind(Kind::Wheel)],
        otherwise: &[(PathDot, "holds RECORD against the names as they are written")],
    },
    Client {
        name: "RubyGems 3.3.15 and 4.0.0.dev",
        of: &[ReadBy::Kind(Kind::Gem)],
        otherwise: &[
            (TarPaxName, "knows no PAX headers, and writes the file under the name in the plain header"),
            (TarGnuName, "knows no GNU long names, and writes the file under the name in the plain header"),
            (TarHardLink, "knows no hard links, and leaves them out"),
            (TarNameRest, "takes it for a part of the name"),
            (TarWideNumber, "reads numbers in octal only, and refuses the gem"),
            (
                TarNulType,
                "names no type NUL among those that it writes, and takes it for a file by a default alone",
            ),
            (TarNulFolder, "names no type NUL among those that it writes, and goes by the type alone"),
            (PathDot, "doesn't find its own files under such names"),
        ],
    },
    Client {
        name: "vsce's and Visual Studio Code's reader (yauzl 3)",
        of: &[ReadBy::Kind(Kind::Vsix)],
        otherwise: &[
            (TrailingZeros, "refuses a package with bytes after its end"),
            (PathDot, "looks for the extension under the name without the dot"),
        ],
    },
    Client {
        name: "rattler (py-rattler 0.28)",
        of: &[ReadBy::Conda],
        otherwise: &[(SeveralStreams, "reads the first only, and leaves the files of the others out")],
    },
    Client {
        name: "dpkg 1.21",
        of: &[ReadBy::Dpkg],
        otherwise: &[
            (SeveralStreams, "reads the first only, and leaves the files of the others out"),
            (ArLongName, "knows no long names of members, and refuses the package"),
            (TarPaxName, "knows no PAX headers, and refuses the package"),
        ],
    },
    Client {
        name: "OpenJDK 17",
        of: &[ReadBy::Kind(Kind::Jar)],
        otherwise: &[(PathDot, "finds no class under a name with a dot before it")],
    },
    Client {
        name: "tar 1.34, bsdtar 3.6, Python's tarfile, Go 1.19",
        of: &[ReadBy::Kind(Kind::Tar)],
        otherwise: &[],
    },
    Client {
        name: "unzip 6.00, bsdtar 3.6, 7-Zip 16 and 26, Python's zipfile, OpenJDK 17, Go 1.19",
        of: &[ReadBy::Kind(Kind::Zip)],
        otherwise: &[],
    },
];

/// Which client of such packages reads a construct otherwise, and how; `None` where all of them read it alike.
pub(crate) fn otherwise(kind: AnomalyKind, of: ReadBy) -> Option<(&'static str, &'static str)> {
    let mut clients = CLIENTS.iter().filter(|client| client.of.contains(&of)).peekable();
    if clients.peek().is_none() {
        return Some(("a client of such packages", "may read it otherwise: none was measured"));
    }
    clients
        .flat_map(|client| client.otherwise.iter().map(move |(what, how)| (*what, client.name, *how)))
        .find(|(what, ..)| *what == kind)
        .map(|(_, name, how)| (name, how))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_speaks_of_what_depends_on_the_client() {
        for client in CLIENTS {
            assert!(!client.of.is_empty(), "{}", client.name);
            for (kind, _) in client.otherwise {
                assert!(kind.depends_on_client(), "{} {kind:?}", client.name);
            }
        }
    }

    #[test]
    fn a_gem_knows_less_than_other_tars() {
        for kind in [TarPaxName, TarGnuName, TarHardLink, TarNameRest, TarWideNumber, TarNulType] {
            assert!(otherwise(kind, ReadBy::Kind(Kind::Gem)).is_some(), "{kind:?}");
            assert!(otherwise(kind, ReadBy::Kind(Kind::Npm)).is_none(), "{kind:?}");
        }
        for kind in AnomalyKind::ALL.into_iter().filter(|kind| kind.depends_on_client()) {
            for plain in [Kind::Tar, Kind::Zip] {
                assert!(otherwise(kind, ReadBy::Kind(plain)).is_none(), "{kind:?}");
            }
        }
    }
}
