/// Whether a source's path says that it is somebody else's: a dependency, or text that a bundler made up.
pub(crate) fn is_third_party(path: &str) -> bool {
    const FOLDERS: [&str; 6] =
        ["node_modules", "bower_components", "jspm_packages", ".pnpm", ".yarn", "web_modules"];
    /// How names begin that no file has: runtimes and helpers of bundlers.
    const MADE_UP: [&str; 24] = [
        "webpack/",
        "rspack/",
        "(webpack)",
        "vite/",
        "@vite/",
        "@id/",
        "rolldown:",
        "rollup:",
        "[synthetic:",
        "[turbopack]",
        "[next]",
        "[externals]",
        "<define:",
        "<runtime>",
        "<anon",
        "external ",
        "ignored|",
        "delegated ",
        "dll-reference ",
        "disabled:",
        "commonjs-proxy",
        "commonjsHelpers",
        "bun:",
        "node:",
    ];
    const REGISTRIES: [&str; 12] = [
        "npm:",
        "jsr:",
        "https://deno.land/",
        "https://esm.sh/",
        "https://cdn.skypack.dev/",
        "https://jsr.io/",
        "https://unpkg.com/",
        "https://cdn.jsdelivr.net/",
        "polyfill-node.",
        // a page of others that services serve, built by those who make it
        "webpack://SwaggerUIBundle/",
        "webpack://SwaggerUICore/",
        "webpack://SwaggerUIStandalonePreset/",
    ];
    // A source whose content is a data or null-marked URL is a bundler's virtual module.
    if path.contains('\0') || path.contains("/\u{200b}") || path.starts_with("data:") {
        return true;
    }
    if path.split(['/', '\\', '!', ' ', '?']).any(|segment| FOLDERS.contains(&segment)) {
        return true;
    }
    let bare = below_scheme(path);
    MADE_UP.iter().any(|start| bare.starts_with(start))
        || REGISTRIES.iter().any(|start| path.starts_with(start))
        || bare.starts_with("webpack:")
}

/// The path without a bundler's scheme, its namespace and leading `./`: `webpack://acme/./src/a.js` gives
/// `src/a.js`.
fn below_scheme(path: &str) -> &str {
    let mut bare = path;
    for scheme in
        ["webpack-internal:///", "webpack:///", "rspack:///", "turbopack:///", "/virtual:", "virtual:"]
    {
        if let Some(rest) = path.strip_prefix(scheme) {
            bare = rest;
        }
    }
    for scheme in ["webpack://", "rspack://"] {
        if let Some(rest) = path.strip_prefix(scheme).filter(|rest| !rest.starts_with('/')) {
            bare = rest.split_once('/').map_or(rest, |(_, file)| file);
        }
    }
    while let Some(rest) =
        bare.strip_prefix("./").or_else(|| bare.strip_prefix("../")).or_else(|| bare.strip_prefix('/'))
    {
        bare = rest;
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::is_third_party;

    #[test]
    fn tells_own_from_others() {
        for path in [
            "../node_modules/react/index.js",
            "webpack://acme/./node_modules/react/index.js",
            "webpack://acme/webpack/bootstrap",
            "webpack:///webpack/runtime/define property getters",
            "webpack:///(webpack)/buildin/global.js",
            "webpack://acme/external \"react\"",
            "../vite/preload-helper",
            "\0commonjsHelpers.js",
            "../../\0vite/preload-helper.js",
            "[synthetic:util/global]",
            "webpack/universalModuleDefinition",
            "webpack-internal:///./node_modules/a/b.js",
            "C:\\dev\\node_modules\\a\\b.js",
            ".yarn/cache/a.zip/a.js",
            "https://deno.land/std/path/mod.ts",
            "../node_modules/.pnpm/a@1/node_modules/a/b.js",
            "webpack://SwaggerUIBundle/./src/core/index.js",
        ] {
            assert!(is_third_party(path), "{path:?}");
        }
        for path in [
            "../src/index.ts",
            "webpack://acme/./src/index.ts",
            "webpack://AcmeSwaggerUIBundle/./src/core/index.js",
            "webpack:///./src/webpack/plugin.ts",
            "src/vite/config.ts",
            "packages/node_modules_helper/a.ts",
            "/Users/ann/acme/src/a.ts",
            "webpack-internal:///./src/a.js",
            "src/external editor.ts",
            "",
        ] {
            assert!(!is_third_party(path), "{path:?}");
        }
    }
}
