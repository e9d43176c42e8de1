//! Archives as ordinary tools write them: every reader takes them alike, and nothing is said against them.

use super::Expect::{Clean, Odd, Remark};
use super::build::{Member, Tar, Zip, extra, gzip, record, seal};
use super::{archive_rules, audit, check};
use packgate::inventory::AnomalyKind::{self, PathDot, TrailingZeros, Zip64, ZipDescriptor};

const WHEEL: &str = "acme-1.0.0-py3-none-any.whl";
const TGZ: &str = "acme-1.0.0.tgz";

/// Both sizes, wide.
fn wide(size: u64, packed: u64) -> Vec<u8> {
    extra(1, &[size.to_le_bytes(), packed.to_le_bytes()].concat())
}

/// `tar -C folder -cf x.tar .`
fn dotted() -> Vec<u8> {
    Tar::default()
        .entry("./", b'5', b"")
        .file("./a.txt", b"a\n")
        .entry("./b/", b'5', b"")
        .file("./b/c.txt", b"c\n")
        .end()
}

#[test]
fn a_dot_before_all_names_is_odd_only_to_who_cuts_it_off() {
    assert_eq!(check(Clean, &audit("a.tar", &dotted())), Ok(()));
    assert_eq!(check(Clean, &audit("a.tar.gz", &gzip(&dotted()))), Ok(()));
    let npm = Tar::package().file("./package/dist/a.js", b"").tgz();
    assert_eq!(check(Odd(PathDot), &audit(TGZ, &npm)), Ok(()));
}

#[test]
fn wide_sizes_beside_plain_ones_are_odd_only_where_they_differ() {
    let with = |change: fn(&mut Member)| Zip::wheel([]).with(|zip| change(&mut zip.members[0])).bytes();
    let said = |member: &Member| (u64::from(member.local.size), u64::from(member.local.packed));
    let same = Zip::wheel([]).with(|zip| {
        let (size, packed) = said(&zip.members[0]);
        zip.members[0].local.extra = wide(size, packed);
    });
    assert_eq!(check(Clean, &audit(WHEEL, &same.bytes())), Ok(()));
    let other = Zip::wheel([]).with(|zip| {
        let (size, packed) = said(&zip.members[0]);
        zip.members[0].local.extra = wide(size + 1, packed);
    });
    assert_eq!(check(Odd(Zip64), &audit(WHEEL, &other.bytes())), Ok(()));
    let listed = with(|member| member.central.extra = wide(10, 12));
    assert_eq!(check(Odd(Zip64), &audit(WHEEL, &listed)), Ok(()));
}

#[test]
fn a_descriptor_is_as_wide_as_its_header_says() {
    let wide_descriptor = |member: &mut Member| {
        let said = &member.central;
        member.behind = [&0x0807_4b50u32.to_le_bytes()[..], &said.crc.to_le_bytes()].concat();
        member.behind.extend(u64::from(said.packed).to_le_bytes());
        member.behind.extend(u64::from(said.size).to_le_bytes());
    };
    let member = Member::file("acme/b.py", b"B = 2\n").streamed();
    let without = Zip::wheel([member.clone().with(wide_descriptor)]).bytes();
    assert_eq!(check(Odd(ZipDescriptor), &audit(WHEEL, &without)), Ok(()));
    let field = wide(0, 0);
    let with = Zip::wheel([member.with(wide_descriptor).with(|member| member.local.extra = field)]).bytes();
    assert_eq!(check(Clean, &audit(WHEEL, &with)), Ok(()));
}

#[test]
fn zeros_behind_a_plain_zip_are_redundant() {
    let zeros = |zip: Zip| zip.with(|zip| zip.suffix = vec![0; 100]).bytes();
    let plain = zeros(Zip::of([Member::file("a.txt", b"a\n")]));
    assert_eq!(check(Clean, &audit("a.zip", &plain)), Ok(()));
    assert_eq!(check(Odd(TrailingZeros), &audit(WHEEL, &zeros(Zip::wheel([])))), Ok(()));
}

#[test]
fn a_header_that_was_never_filled_in_hides_nothing_inside_another_archive() {
    let library = Zip::of([Member::file("proguard.txt", b"-keep class a\n")]);
    let library = library.with(|zip| {
        zip.members[0].local.method = 0xffff;
        zip.members[0].local.crc = 0;
        zip.members[0].local.packed = 0;
    });
    let library = library.bytes();
    let wheel = Zip::wheel([Member::file("acme/a.aar", &library)]).bytes();
    let nested = audit(WHEEL, &wheel);
    assert_eq!(archive_rules(&nested), ["archive-nested"]);
    assert!(nested.inventory.is_complete());
    assert_eq!(check(Odd(AnomalyKind::ZipHeaderMismatch), &audit("a.zip", &library)), Ok(()));
}

#[test]
fn an_android_package_may_be_signed() {
    let value = b"the signature";
    let length = (value.len() + 8 + 16) as u64;
    let block = [&length.to_le_bytes()[..], value, &length.to_le_bytes(), b"APK Sig Block 42"].concat();
    let zip = Zip::of([Member::file("classes.txt", b"a\n")]).with(|zip| zip.gap = block).bytes();
    assert_eq!(check(Clean, &audit("a.zip", &zip)), Ok(()));
}

#[test]
fn headers_without_a_magic_are_read_alike_where_nothing_stands_in_the_prefix() {
    for magic in [[0; 8], [b' '; 8]] {
        let tar = Tar::package().odd("package/dist/a.js", b'0', b"", |block| {
            block[257..265].copy_from_slice(&magic);
            block[265..269].copy_from_slice(b"root");
        });
        assert_eq!(check(Clean, &audit(TGZ, &tar.tgz())), Ok(()), "{magic:?}");
    }
}

#[test]
fn a_long_name_needs_no_mode() {
    let name = format!("package/dist/{}.js", "a".repeat(120));
    let mut block = super::build::head("././@LongLink", b'L', name.len() + 1);
    block[100..108].fill(0);
    seal(&mut block);
    let tar = Tar::package().block(block).bytes(format!("{name}\0").as_bytes()).file("package/dist/a", b"");
    assert_eq!(check(Clean, &audit(TGZ, &tar.tgz())), Ok(()));
}

#[test]
fn a_text_that_speaks_of_ustar_is_a_text() {
    let mut text = "// magic\n".repeat(28);
    text.push_str(&" ".repeat(257 - text.len()));
    text.push_str("ustar\\x0000 is what stands there\n");
    let audit = audit(TGZ, &Tar::package().file("package/dist/headers.js", text.as_bytes()).tgz());
    assert_eq!(archive_rules(&audit), [""; 0]);
    assert_eq!(audit.unexamined(), []);
}

#[test]
fn the_same_bytes_under_names_that_fold_together_do_no_harm() {
    let two = |other: &[u8]| {
        Tar::package().file("package/dist/A.js", b"a();\n").file("package/dist/a.js", other).tgz()
    };
    assert_eq!(check(Remark("archive-duplicate-identical"), &audit(TGZ, &two(b"a();\n"))), Ok(()));
    assert_eq!(archive_rules(&audit(TGZ, &two(b"b();\n"))), ["archive-duplicate"]);
}

/// A gem with this inner archive.
fn gem(data: &[u8]) -> Vec<u8> {
    let metadata = b"--- !ruby/object:Gem::Specification\nname: acme\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\nlicenses:\n- MIT\nfiles: []\n";
    Tar::default().file("metadata.gz", &gzip(metadata)).file("data.tar.gz", data).end()
}

#[test]
fn what_a_gem_holds_is_read_as_rubygems_reads_it() {
    let lib = || Tar::default().file("lib/acme.rb", b"A = 1\n");
    let ordinary =
        lib().link("lib/again.rb", b'2', "acme.rb").pax(&record("mtime", "1.5")).file("lib/b.rb", b"");
    assert_eq!(archive_rules(&audit("acme-1.0.0.gem", &gem(&ordinary.tgz()))), [""; 0]);
    // As old gems name their tests: they are written below the gem's folder all the same.
    let dotted = lib().file("./test/acme.rb", b"");
    assert_eq!(archive_rules(&audit("acme-1.0.0.gem", &gem(&dotted.tgz()))), [""; 0]);
    let own = Tar::default().file("./metadata.gz", &gzip(b"")).end();
    assert!(kinds(&audit("acme-1.0.0.gem", &own)).contains(&PathDot));
    let twice = [gzip(&lib().0), gzip(&Tar::default().file("lib/b.rb", b"").end())].concat();
    let cases = [
        ("a PAX name", lib().pax(&record("path", "lib/b.rb")).file("lib/evil.rb", b"B = 1\n").tgz()),
        ("a GNU name", lib().long_name("lib/b.rb").file("lib/evil.rb", b"B = 1\n").tgz()),
        ("a file of type NUL", lib().entry("lib/b.rb", 0, b"B = 1\n").tgz()),
        ("a contiguous file", lib().entry("lib/b.rb", b'7', b"B = 1\n").tgz()),
        ("a link that leaves", lib().link("lib/b.rb", b'2', "../../b.rb").tgz()),
        ("a hard link", lib().link("lib/b.rb", b'1', "lib/acme.rb").tgz()),
        (
            "a time in base-256",
            lib()
                .odd("lib/b.rb", b'0', b"B = 1\n", |block| {
                    block[136..148].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\x05")
                })
                .tgz(),
        ),
        (
            "a mode that RubyGems keeps",
            lib()
                .odd("lib/b.rb", b'0', b"B = 1\n", |block| block[100..108].copy_from_slice(b"0004755\0"))
                .tgz(),
        ),
        ("a name with a blank at its end", lib().file("lib/acme.rb ", b"B = 1\n").tgz()),
        ("a link to nothing", lib().link("lib/b.rb", b'2', "c.rb").tgz()),
        ("two members", twice),
        ("the same name twice", lib().file("lib/acme.rb", b"B = 1\n").tgz()),
    ];
    for (case, data) in cases {
        let audit = audit("acme-1.0.0.gem", &gem(&data));
        assert!(!archive_rules(&audit).is_empty(), "{case}");
        let npm = Tar::package().file("package/dist/data.tar.gz", &data).tgz();
        let blocking = ["archive-ambiguous", "archive-link", "archive-duplicate", "archive-mode"];
        let inside = super::audit(TGZ, &npm);
        assert!(!archive_rules(&inside).iter().any(|rule| blocking.contains(rule)), "{case}");
    }
}

/// Kinds of anomalies of an audit.
fn kinds(audit: &packgate::audit::Audit) -> Vec<AnomalyKind> {
    audit.inventory.anomalies.iter().map(|anomaly| anomaly.kind).collect()
}

#[test]
fn what_lands_at_one_place_is_told_by_where_it_lands() {
    let wheel = |path: &str, text: &[u8]| audit(WHEEL, &Zip::wheel([Member::file(path, text)]).bytes());
    for (path, text, kind) in [
        ("zzz.data/purelib/acme/core.py", &b"VALUE = 2\n"[..], AnomalyKind::ForeignScheme),
        ("acme-9.9.9.data/scripts/acme", b"#!python\n", AnomalyKind::ForeignScheme),
        ("acme-1.0.0.data/purelib/acme/core.py", b"VALUE = 2\n", AnomalyKind::Duplicate),
        ("acme-1.0.0.data/purelib/acme/core.py", b"VALUE = 1\n", AnomalyKind::DuplicateIdentical),
        ("acme-1.0.0.data/purelib/acme/Core.py", b"VALUE = 2\n", AnomalyKind::NameCollision),
        ("acme-1.0.0.data/platlib/acme.pth", b"import acme\n", AnomalyKind::PathStartup),
        (
            "acme-1.0.0.data/data/lib/python3/dist-packages/acme.pth",
            b"import acme\n",
            AnomalyKind::PathStartup,
        ),
        ("Acme-1.0.0.data/scripts/acme", b"#!python\n", AnomalyKind::ForeignScheme),
        ("zzz.data", b"#!python\n", AnomalyKind::ForeignScheme),
        ("acme-1.0.0.data/purelib", b"#!python\n", AnomalyKind::ForeignScheme),
        ("acme-1.0.0.data/purelib/zzz-1.0.dist-info/METADATA", b"Name: zzz\n", AnomalyKind::ForeignScheme),
        ("acme-1.0.0.data/data/bin/other", b"#!python\n", AnomalyKind::PathCommand),
        ("acme-1.0.0.data/scripts/python3", b"#!python\n", AnomalyKind::PathCommand),
        (
            "acme-1.0.0.dist-info/entry_points.txt",
            b"[console_scripts]\n../../acme = acme.core:main\n",
            AnomalyKind::PathTraversal,
        ),
        (
            "acme-1.0.0.dist-info/entry_points.txt",
            b"[console_scripts]\npip = acme.core:main\n",
            AnomalyKind::PathCommand,
        ),
    ] {
        let audit = wheel(path, text);
        assert!(kinds(&audit).contains(&kind), "{path}: {:?}", kinds(&audit));
    }
    for path in
        ["acme-1.0.0.data/scripts/acme", "acme-1.0.0.data/purelib/other.py", "acme-1.0.0.data/data/etc/a"]
    {
        assert_eq!(archive_rules(&wheel(path, b"#!python\n")), [""; 0], "{path}");
    }
    let startup = wheel("acme.pth", b"import acme\n");
    assert_eq!(archive_rules(&startup), [""; 0]);
    assert!(startup.findings.iter().any(|judged| judged.finding.rule == "startup-code"));

    let ignored = Tar::package().file("package/dist/.gitignore", b"a\n");
    assert_eq!(archive_rules(&audit(TGZ, &ignored.clone().tgz())), ["archive-renamed"]);
    // npm drops the renamed one, or writes the other over it, in whatever order they come
    let both = audit(TGZ, &ignored.file("package/dist/.npmignore", b"b\n").tgz());
    assert_eq!(archive_rules(&both), ["archive-renamed"]);
    let entry = both.inventory.everything().find(|entry| entry.path == "package/dist/.gitignore").unwrap();
    assert_eq!(entry.installed, None);
}
