//! Where the artifact's bytes are, and which of them must not ship.
//!
//! A squarified treemap (Bruls, Huizing, van Wijk: "Squarified Treemaps", 2000) of the entries of the
//! artifact's own container. Small files are drawn together with their folder, so that ten thousand entries
//! make some hundred tiles. Tiles are placed in percent of their folder, and labels keep their size.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt::Write as _;

use crate::escape::{html, shown};
use crate::inventory::{EntryId, EntryKind};
use crate::outcome::Audit;
use crate::policy::Judged;
use crate::report::phrases;
use crate::settings::Level;
use crate::words;

use super::Page;

/// The size of the map that tiles are laid out for, in pixels.
const WIDTH: f64 = 1160.0;
const HEIGHT: f64 = 520.0;
/// What a folder's name takes of its height, and its border of both sides.
const TITLE: f64 = 20.0;
const BORDER: f64 = 6.0;
/// Tiles smaller than this many square pixels are drawn together.
const LEAST_AREA: f64 = 900.0;
/// Depth to which folders get a frame.
const FRAMES: usize = 4;
/// Paths deeper than this end in one long name.
const DEPTH: usize = 64;
/// Up to this many files need no large map.
const FEW: usize = 8;
/// Rows of the table.
const ROWS: usize = 100;

/// A file or folder.
#[derive(Default)]
struct Node {
    name: String,
    /// Bytes; for folders, of all that is in them.
    bytes: u64,
    files: u64,
    /// What the area shows: the bytes, or more for a flagged file that would be too small to see.
    weight: f64,
    /// The most severe finding, and how many files have one.
    flag: Option<Flag>,
    flagged: u64,
    children: Vec<Node>,
}

/// The most severe finding on a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Flag {
    level: Level,
    /// Number of the finding in the audit.
    finding: usize,
}

#[derive(Clone, Copy)]
struct Rect {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Page<'_> {
    pub(super) fn treemap(&mut self, audit: &Audit, artifact: usize) {
        let files = files(audit);
        if files.is_empty() {
            return;
        }
        let root = tree(&files);
        let total = root.bytes;
        let flagged: u64 = files.iter().filter(|file| file.flag.is_some()).map(|file| file.bytes).sum();
        let with_findings = match flagged {
            0 => String::new(),
            flagged => format!(
                "; {} of them in files with findings, which are marked and drawn large enough to see",
                words::bytes(flagged)
            ),
        };
        let few = if files.len() <= FEW { " few" } else { "" };
        let _ = write!(
            self.body,
            "<section>\n<h2>Where the bytes are</h2>\n<figure class=\"map\">\n\
             <figcaption>{} in {}{with_findings}.</figcaption>\n\
             <div class=\"tiles{few}\" role=\"group\" aria-label=\"Map of the package by size; files with findings are links to them\">\n",
            words::bytes(total),
            words::counted(files.len() as u64, "file")
        );
        let mut drawing = Drawing { artifact, next: 0, style: String::new(), body: String::new() };
        let (root, _) = collapse(root);
        drawing.children(&root, WIDTH, HEIGHT, 0);
        self.style.push_str(&drawing.style);
        self.body.push_str(&drawing.body);
        self.body.push_str("</div>\n");
        self.table(audit, files, total);
        self.body.push_str("</figure>\n</section>\n");
    }

    /// The same as a table, largest first, files with findings before all others.
    fn table(&mut self, audit: &Audit, mut files: Vec<Found>, total: u64) {
        files.sort_by(|a, b| b.flag.cmp_level(&a.flag).then(b.bytes.cmp(&a.bytes)).then(a.path.cmp(&b.path)));
        let rows = files.len().min(ROWS);
        let _ = write!(
            self.body,
            "<details>\n<summary>As a table: {}</summary>\n<table>\n<thead><tr><th scope=\"col\">File</th>\
             <th scope=\"col\">Bytes</th><th scope=\"col\">Share</th><th scope=\"col\">Finding</th></tr></thead>\n<tbody>\n",
            if rows < files.len() {
                format!(
                    "those with findings and the largest, {rows} of {}",
                    words::number(files.len() as u64)
                )
            } else {
                words::counted(rows as u64, "file")
            }
        );
        for file in files.iter().take(rows) {
            let share = file.bytes as f64 * 100.0 / (total.max(1) as f64);
            let finding = file.flag.and_then(|flag| audit.findings.get(flag.finding));
            let finding = finding.map(|judged| judged.finding.rule).unwrap_or("");
            let _ = writeln!(
                self.body,
                "<tr><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{share:.1} %</td><td>{}</td></tr>",
                html(&shown(&file.path).to_string()),
                words::number(file.bytes),
                html(finding)
            );
        }
        self.body.push_str("</tbody>\n</table>\n</details>\n");
    }
}

trait CompareLevels {
    fn cmp_level(&self, other: &Self) -> std::cmp::Ordering;
}

impl CompareLevels for Option<Flag> {
    fn cmp_level(&self, other: &Self) -> std::cmp::Ordering {
        self.map(|flag| flag.level).cmp(&other.map(|flag| flag.level))
    }
}

/// A file of the artifact's own container.
struct Found {
    path: String,
    bytes: u64,
    flag: Option<Flag>,
}

/// The files, each with its most severe finding; a finding inside a nested archive counts for that archive.
fn files(audit: &Audit) -> Vec<Found> {
    let mut flags: HashMap<EntryId, Flag> = HashMap::new();
    for (finding, judged) in audit.findings.iter().enumerate().filter(|(_, judged)| judged.waived.is_none()) {
        let flag = Flag { level: judged.level, finding };
        for id in concerned(judged).filter_map(|id| outermost(audit, id)) {
            flags
                .entry(id)
                .and_modify(|known| {
                    if flag.level > known.level {
                        *known = flag;
                    }
                })
                .or_insert(flag);
        }
    }
    let entries = audit.inventory.entries.iter();
    let entries = entries.filter(|entry| entry.parent.is_none() && entry.kind == EntryKind::File);
    entries
        .map(|entry| Found {
            path: entry.path.clone(),
            bytes: entry.size,
            flag: flags.get(&entry.id).copied(),
        })
        .collect()
}

/// The entries that a finding is about: the one where it stands, and those that are to be left out with it.
fn concerned(judged: &Judged) -> impl Iterator<Item = EntryId> {
    let place = judged.finding.place.entry;
    let group = judged.finding.remedy.as_deref().map_or(&[][..], |remedy| &remedy.removes);
    // A finding on the manifest may take out files that are fine by themselves.
    let is_group = place.is_none_or(|id| group.contains(&id));
    place.into_iter().chain(group.iter().copied().filter(move |_| is_group))
}

/// The entry of the artifact's own container that this one is in.
fn outermost(audit: &Audit, id: EntryId) -> Option<EntryId> {
    let mut entry = audit.inventory.entry(id)?;
    // A parent comes before its children, so the walk ends whatever the inventory says.
    while let Some(parent) = entry.parent.filter(|parent| *parent < entry.id) {
        entry = audit.inventory.entry(parent)?;
    }
    Some(entry.id)
}

/// Files as they come in, by folder.
#[derive(Default)]
struct Folder<'a> {
    folders: BTreeMap<&'a str, Folder<'a>>,
    files: Vec<(&'a str, &'a Found)>,
}

fn tree(files: &[Found]) -> Node {
    let least = Least::of(files);
    let mut root = Folder::default();
    for file in files {
        let mut folder = &mut root;
        let mut rest = file.path.as_str();
        for _ in 0..DEPTH {
            let Some((name, below)) = rest.split_once('/') else { break };
            folder = folder.folders.entry(name).or_default();
            rest = below;
        }
        folder.files.push((rest, file));
    }
    node(String::new(), root, &least)
}

/// The minimum weight of a flagged file, so that it can be seen: more for errors, and for all of them together never
/// more than a third of the map.
struct Least {
    error: f64,
    other: f64,
}

impl Least {
    fn of(files: &[Found]) -> Self {
        let total = files.iter().map(|file| file.bytes as f64).sum::<f64>().max(1.0);
        let flags = || files.iter().filter_map(|file| file.flag);
        let errors = flags().filter(|flag| flag.level == Level::Error).count().max(1) as f64;
        let others = flags().filter(|flag| flag.level != Level::Error).count().max(1) as f64;
        Self { error: total * (0.25 / errors).min(0.02), other: total * (0.08 / others).min(0.006) }
    }

    fn weight(&self, file: &Found) -> f64 {
        let least = match file.flag {
            None => 0.0,
            Some(flag) if flag.level == Level::Error => self.error,
            Some(_) => self.other,
        };
        (file.bytes as f64).max(least)
    }
}

fn node(name: String, folder: Folder<'_>, least: &Least) -> Node {
    let mut children: Vec<Node> =
        folder.folders.into_iter().map(|(name, folder)| node(name.to_string(), folder, least)).collect();
    children.extend(folder.files.into_iter().map(|(name, file)| Node {
        name: name.to_string(),
        bytes: file.bytes,
        files: 1,
        weight: least.weight(file),
        flag: file.flag,
        flagged: u64::from(file.flag.is_some()),
        children: Vec::new(),
    }));
    let mut node = Node { name, ..Node::default() };
    for child in &children {
        node.bytes += child.bytes;
        node.files += child.files;
        node.weight += child.weight;
        node.flagged += child.flagged;
        if child.flag.cmp_level(&node.flag).is_gt() {
            node.flag = child.flag;
        }
    }
    node.children = children;
    node
}

/// Merges a folder that contains only one folder with that folder. Returns the node and whether it changed.
fn collapse(mut node: Node) -> (Node, bool) {
    let mut changed = false;
    while node.children.len() == 1 && node.children.iter().all(|child| !child.children.is_empty()) {
        let Some(only) = node.children.pop() else { break };
        let name =
            if node.name.is_empty() { only.name.clone() } else { format!("{}/{}", node.name, only.name) };
        node = Node { name, ..only };
        changed = true;
    }
    (node, changed)
}

/// Writes tiles and the style rules that place them.
struct Drawing {
    artifact: usize,
    next: usize,
    style: String,
    body: String,
}

impl Drawing {
    fn children(&mut self, node: &Node, width: f64, height: f64, depth: usize) {
        let mut children: Vec<&Node> = node.children.iter().filter(|child| child.weight > 0.0).collect();
        children.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        let scale = width * height / node.weight.max(1.0);
        let large = children.partition_point(|child| child.weight * scale >= LEAST_AREA).max(1);
        // Two small tiles side by side are no worse than one that says "2 more".
        let large = if children.len() - large.min(children.len()) <= 2 { children.len() } else { large };
        let (shown, rest) = children.split_at(large.min(children.len()));
        let rest = rest.iter().fold(Node::default(), |mut sum, child| {
            sum.bytes += child.bytes;
            sum.files += child.files;
            sum.weight += child.weight;
            sum.flagged += child.flagged;
            if child.flag.cmp_level(&sum.flag).is_gt() {
                sum.flag = child.flag;
            }
            sum
        });
        let mut weights: Vec<f64> = shown.iter().map(|child| child.weight).collect();
        weights.extend((rest.weight > 0.0).then_some(rest.weight));
        let rects = squarify(&weights, width, height);
        for (child, rect) in shown.iter().zip(&rects) {
            self.node(child, *rect, (width, height), depth);
        }
        if let (true, Some(rect)) = (rest.weight > 0.0, rects.get(shown.len())) {
            let name = format!("{} more", words::number(rest.files));
            self.tile(&Node { name, ..rest }, *rect, (width, height), true);
        }
    }

    fn node(&mut self, node: &Node, rect: Rect, of: (f64, f64), depth: usize) {
        let framed = !node.children.is_empty() && depth < FRAMES && rect.w > 70.0 && rect.h > 56.0;
        if !framed {
            self.tile(node, rect, of, !node.children.is_empty());
            return;
        }
        let mut name = node.name.clone();
        let mut inner = node;
        while let [only] = inner.children.as_slice() {
            if only.children.is_empty() {
                break;
            }
            name = format!("{name}/{}", only.name);
            inner = only;
        }
        let id = self.place(rect, of);
        let _ = write!(
            self.body,
            "<div class=\"frame\" id=\"{id}\"><p title=\"{}\">{}/</p><div class=\"inner\">",
            html(
                &shown(&format!(
                    "{name}/: {}, {}",
                    words::counted(node.files, "file"),
                    words::bytes(node.bytes)
                ))
                .to_string()
            ),
            html(&shown(&name).to_string())
        );
        self.children(inner, (rect.w - BORDER).max(1.0), (rect.h - BORDER - TITLE).max(1.0), depth + 1);
        self.body.push_str("</div></div>\n");
    }

    /// A file, or several drawn as one.
    fn tile(&mut self, node: &Node, rect: Rect, of: (f64, f64), many: bool) {
        let id = self.place(rect, of);
        let name = shown(&node.name).to_string();
        let mut about = format!("{name}: {}", words::bytes(node.bytes));
        if many {
            about.push_str(&format!(" in {}", words::counted(node.files, "file")));
        }
        let label = format!("<b>{}</b> <span>{}</span>", html(&name), words::bytes(node.bytes));
        let class = if many { " many" } else { "" };
        let Some(flag) = node.flag else {
            let _ = writeln!(
                self.body,
                "<div class=\"tile{class}\" id=\"{id}\" title=\"{}\"><div>{label}</div></div>",
                html(&about)
            );
            return;
        };
        let level = phrases::level(flag.level);
        let heard = if many {
            format!("{}, {} with findings", words::counted(node.files, "file"), words::number(node.flagged))
        } else {
            level.to_string()
        };
        let _ = writeln!(
            self.body,
            "<a class=\"tile {level}{class}\" id=\"{id}\" href=\"#finding-{}-{}\" title=\"{}, {heard}\"><div>{label} <i>{heard}</i></div></a>",
            self.artifact,
            flag.finding,
            html(&about)
        );
    }

    /// Adds a style rule that places the next tile; returns the tile's id.
    fn place(&mut self, rect: Rect, (width, height): (f64, f64)) -> String {
        self.next += 1;
        let id = format!("t{}-{}", self.artifact, self.next);
        let _ = writeln!(
            self.style,
            "#{id}{{left:{:.2}%;top:{:.2}%;width:{:.2}%;height:{:.2}%}}",
            rect.x * 100.0 / width,
            rect.y * 100.0 / height,
            rect.w * 100.0 / width,
            rect.h * 100.0 / height
        );
        id
    }
}

/// Rectangles for weights in descending order that fill width by height, as square as possible.
fn squarify(weights: &[f64], width: f64, height: f64) -> Vec<Rect> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let scale = width * height / total;
    let mut rects = Vec::with_capacity(weights.len());
    let mut free = Rect { x: 0.0, y: 0.0, w: width, h: height };
    let mut rest: &[f64] = weights;
    while !rest.is_empty() {
        let side = free.w.min(free.h).max(1e-9);
        let mut count = 1;
        while count < rest.len() && worst(rest, count + 1, scale, side) <= worst(rest, count, scale, side) {
            count += 1;
        }
        let (row, after) = rest.split_at(count);
        let area: f64 = row.iter().sum::<f64>() * scale;
        let thick = area / side;
        let mut along = 0.0;
        for weight in row {
            let long = weight * scale / thick.max(1e-9);
            rects.push(if free.w >= free.h {
                Rect { x: free.x, y: free.y + along, w: thick, h: long }
            } else {
                Rect { x: free.x + along, y: free.y, w: long, h: thick }
            });
            along += long;
        }
        if free.w >= free.h {
            free = Rect { x: free.x + thick, w: (free.w - thick).max(0.0), ..free };
        } else {
            free = Rect { y: free.y + thick, h: (free.h - thick).max(0.0), ..free };
        }
        rest = after;
    }
    rects
}

/// The longest side ratio of the first `count` weights when they share a row along `side`.
fn worst(weights: &[f64], count: usize, scale: f64, side: f64) -> f64 {
    let row = weights.get(..count).unwrap_or(weights);
    let sum: f64 = row.iter().sum::<f64>() * scale;
    let ratio = |weight: f64| {
        let area = (weight * scale).max(1e-9);
        (side * side * area / (sum * sum)).max(sum * sum / (side * side * area))
    };
    let first = row.first().copied().unwrap_or(1.0);
    let last = row.last().copied().unwrap_or(1.0);
    ratio(first).max(ratio(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_fill_the_map_without_overlap() {
        let weights = [500.0, 300.0, 100.0, 50.0, 25.0, 10.0, 10.0, 5.0];
        let rects = squarify(&weights, 200.0, 100.0);
        assert_eq!(rects.len(), weights.len());
        for (weight, rect) in weights.iter().zip(&rects) {
            assert!((rect.w * rect.h - weight * 20.0).abs() < 0.01);
            assert!(rect.x >= -1e-6 && rect.y >= -1e-6);
            assert!(rect.x + rect.w <= 200.001 && rect.y + rect.h <= 100.001);
            assert!(rect.w / rect.h < 6.0 && rect.h / rect.w < 6.0);
        }
        for (at, a) in rects.iter().enumerate() {
            for b in &rects[at + 1..] {
                let apart = a.x + a.w <= b.x + 1e-6
                    || b.x + b.w <= a.x + 1e-6
                    || a.y + a.h <= b.y + 1e-6
                    || b.y + b.h <= a.y + 1e-6;
                assert!(apart);
            }
        }
    }

    #[test]
    fn ten_thousand_files_make_some_hundred_tiles_and_a_tiny_flagged_one_is_seen() {
        let mut files: Vec<Found> = (0..10_000)
            .map(|n| Found {
                path: format!("package/d{}/f{n}.js", n % 40),
                bytes: 1000 + n * 7 % 9000,
                flag: None,
            })
            .collect();
        files.push(Found {
            path: "package/.env".into(),
            bytes: 12,
            flag: Some(Flag { level: Level::Error, finding: 7 }),
        });
        let (root, _) = collapse(tree(&files));
        let mut drawing = Drawing { artifact: 0, next: 0, style: String::new(), body: String::new() };
        drawing.children(&root, WIDTH, HEIGHT, 0);
        assert!(drawing.next < 1000, "{}", drawing.next);
        assert!(drawing.body.contains("href=\"#finding-0-7\" title=\".env: 12 bytes, error\""));
        let flagged = root.children.iter().find(|child| child.name == ".env").unwrap();
        assert!(flagged.weight * WIDTH * HEIGHT / root.weight > LEAST_AREA);
    }

    #[test]
    fn empty_and_odd_packages_draw() {
        for files in [
            vec![Found { path: "a".into(), bytes: 0, flag: None }],
            vec![Found { path: "x/".repeat(5000) + "deep", bytes: 5, flag: None }],
            vec![
                Found { path: "a".into(), bytes: u64::MAX / 4, flag: None },
                Found { path: "a".into(), bytes: 1, flag: None },
            ],
        ] {
            let (root, _) = collapse(tree(&files));
            Drawing { artifact: 0, next: 0, style: String::new(), body: String::new() }
                .children(&root, WIDTH, HEIGHT, 0);
        }
    }
}
