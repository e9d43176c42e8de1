//! Electron's archive.

use crate::inspect::{Member, Storage};

use super::little32;

/// Hands on the members of an asar archive: a header of sizes, JSON that maps names to places, then the
/// files. Members that lie over one another are taken only as far as the archive is long. Returns whether
/// all of them were handed on.
pub(super) fn members(bytes: &[u8], members: &mut Vec<Member>) -> bool {
    const HEAD: usize = 16;
    let Some((header, base)) = little32(bytes, 12).zip(little32(bytes, 4)).and_then(|(json, header)| {
        Some((bytes.get(HEAD..HEAD.checked_add(json as usize)?)?, (header as usize).checked_add(8)?))
    }) else {
        return false;
    };
    let Ok(tree) = serde_json::from_slice::<serde_json::Value>(header) else { return false };
    let mut whole = true;
    let mut room = bytes.len();
    let mut folders = vec![(String::new(), &tree)];
    while let Some((prefix, folder)) = folders.pop() {
        for (name, node) in folder.get("files").and_then(|files| files.as_object()).into_iter().flatten() {
            let path = format!("{prefix}{}", name.replace(['/', '\\'], "_"));
            if node.get("files").is_some() {
                folders.push((format!("{path}/"), node));
                continue;
            }
            let number = |key: &str| {
                let value = node.get(key)?;
                value
                    .as_u64()
                    .or_else(|| value.as_str()?.parse().ok())
                    .and_then(|size| usize::try_from(size).ok())
            };
            let Some((offset, size)) = number("offset").zip(number("size")) else { continue };
            let start = base.saturating_add(offset);
            let range = start..start.saturating_add(size);
            if range.end > bytes.len() || size > room {
                whole = false;
                continue;
            }
            room -= size;
            members.push(Member { path, range, storage: Storage::Plain });
        }
    }
    members.sort_by_key(|member| member.range.start);
    whole
}
