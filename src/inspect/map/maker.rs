/// Which tool wrote a map, told from the order of its members, which every tool keeps, and from its paths.
/// `members` are their initials (see [`initial`]).
pub(super) fn maker<'a>(
    members: &[u8],
    debug_id: Option<&str>,
    mut paths: impl Iterator<Item = &'a str>,
) -> Option<&'static str> {
    /// What Bun ends its debug identifiers with.
    const BUN: &str = "64756E2164756E21";
    let by_path = paths.find_map(|path| {
        let schemes = [
            ("webpack", "webpack"),
            ("rspack", "Rspack"),
            ("turbopack", "Turbopack"),
            ("__prelude__", "Metro"),
            ("vite/", "Vite"),
        ];
        let path = path.trim_start_matches("../").trim_start_matches('\0');
        schemes.iter().find(|(start, _)| path.starts_with(start)).map(|(_, tool)| *tool)
    });
    if by_path.is_some() {
        return by_path;
    }
    if debug_id.is_some_and(|id| id.ends_with(BUN)) {
        return Some("Bun");
    }
    if members.contains(&b'x') {
        return Some("Metro");
    }
    let known: Vec<u8> =
        members.iter().copied().filter(|initial| *initial != b'd' && *initial != b'i').collect();
    match known.as_slice() {
        b"vfrsnm" | b"vfrsnmc" => Some("TypeScript"),
        b"vrsnmf" | b"vrsnmfc" | b"vrsnmcf" | b"vrscnmf" => Some("Sass"),
        b"vscmn" | b"vsmn" => Some("esbuild"),
        b"vfscnm" | b"vfsnm" => Some("Rollup"),
        // Rollup writes the same as swc where it names no `file`.
        b"vscnm" | b"vsnm" => None,
        b"msncvfr" | b"mscnvfr" | b"mscnvr" | b"msnvfr" => Some("Parcel"),
        b"vfnscm" | b"vfnsm" => Some("Vite"),
        b"vnscm" | b"vnsm" | b"vnrscm" | b"vfnrscm" => Some("Babel"),
        _ => None,
    }
}

/// One byte for a member of a map.
pub(super) fn initial(key: &[u8]) -> Option<u8> {
    Some(match key {
        b"version" => b'v',
        b"file" => b'f',
        b"sourceRoot" => b'r',
        b"sources" => b's',
        b"sourcesContent" => b'c',
        b"names" => b'n',
        b"mappings" => b'm',
        b"x_facebook_sources" => b'x',
        b"debugId" | b"debug_id" => b'd',
        b"ignoreList" | b"x_google_ignoreList" => b'i',
        _ => return None,
    })
}
