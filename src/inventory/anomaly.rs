use serde::{Deserialize, Serialize};

/// Anomalies reported per kind and container; more of them add nothing.
pub const MOST_OF_A_KIND: usize = 100;

/// An anomaly of a container that a tolerant reader would shrug at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Anomaly {
    /// What it is.
    pub kind: AnomalyKind,
    /// Byte offset in the (decompressed) container where it is.
    pub offset: u64,
    /// The place inside the artifact: the entry concerned, or the container; empty for the artifact itself.
    pub place: String,
    /// The place of the archive within the artifact that it is in; empty for the artifact's own container.
    pub container: String,
    /// Whether that archive is one that the package's client unpacks.
    pub payload: bool,
    /// What exactly was seen, and who reads it how. One sentence without names from the archive unescaped.
    pub detail: String,
}

/// The kinds of anomalies, one per construct. [`AnomalyKind::concern`] says which rule of the archive
/// family takes it up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnomalyKind {
    /// The name's extension and the content disagree about the container.
    #[default]
    Mismatch,
    /// Two readers of this program's own list another set of entries.
    SecondOpinion,
    /// A path is a file and, for another entry, a folder.
    FileAsFolder,

    /// A folder of data that clients install differently, or that names no place.
    ForeignScheme,
    /// A file that one client installs under another name.
    Renamed,

    /// A gzip file of several members.
    GzipMembers,
    /// A file of several compressed streams or frames of another kind.
    SeveralStreams,

    /// A member of an ar archive whose name is elsewhere than in its header.
    ArLongName,
    /// Entries of a cpio archive that are one file, and don't stand as ordinary writers put them.
    CpioHardLink,

    /// A tar header with a wrong, unterminated or signed checksum.
    TarChecksum,
    /// A number field of a tar header that readers understand differently.
    TarNumber,
    /// Bytes after the NUL that ends a name in a tar header.
    TarNameJunk,
    /// The end of `././@LongLink` there, which the header had as its name before.
    TarNameRest,
    /// A tar header without a name.
    TarEmptyName,
    /// A magic, version or prefix field that readers understand differently.
    TarMagic,
    /// A type of tar entry that readers know or don't.
    TarTypeflag,
    /// A folder, link or device with bytes of its own.
    TarBody,
    /// A link name where none belongs, or none where one does.
    TarLinkField,
    /// Extension headers that pile up on one entry, or belong to none.
    TarExtensionStack,
    /// An extension header too large for some readers.
    TarExtensionSize,
    /// A sparse file, of which some readers see the holes and others the map.
    TarSparse,
    /// A name that is in a PAX header.
    TarPaxName,
    /// A name that is in a GNU header.
    TarGnuName,
    /// A hard link.
    TarHardLink,
    /// A size or time that is not written in octal.
    TarWideNumber,
    /// A file of the type that the first tar knew.
    TarNulType,
    /// A folder that only the slash after its name tells from such a file.
    TarNulFolder,
    /// Bytes after the zero block that ends a tar archive.
    TarAfterEnd,
    /// PAX records that readers cut differently.
    PaxSyntax,
    /// A PAX size beside another size.
    PaxSize,
    /// A PAX key that means something to one reader only.
    PaxKey,
    /// A global PAX header that changes entries for some readers.
    PaxGlobal,

    /// A zip member that is in the file but not in the directory, or the other way round.
    ZipHiddenEntry,
    /// A zip member whose own header contradicts the directory.
    ZipHeaderMismatch,
    /// End records that readers choose between, or whose counts are wrong.
    ZipEnd,
    /// ZIP64 values that contradict the plain ones.
    Zip64,
    /// Two ZIP64 sizes of zero in the directory, whose plain sizes are the right ones.
    Zip64Zeros,
    /// A data descriptor that is missing, wrong, or of no use to a stream reader.
    ZipDescriptor,
    /// A Unicode path field that names the member otherwise, or a name in no certain encoding.
    ZipName,
    /// A folder with bytes, a file marked as folder, or a member marked as nothing that is known.
    ZipFolder,
    /// A field that gives a member another mode, or makes a link of it, for some readers.
    ZipMode,
    /// A version of the format that no reader knows.
    ZipVersion,
    /// Members that share bytes.
    ZipOverlap,
    /// A compression method that some clients can't read.
    ZipMethod,
    /// The compressed bytes end before the member does.
    ZipSlack,

    /// A path with `..`.
    PathTraversal,
    /// A path from the file system's root or with a drive letter.
    PathAbsolute,
    /// A path with `\`, a separator for some systems.
    PathBackslash,
    /// A path with control characters.
    PathControl,
    /// A path with invisible characters or such that change the writing direction.
    PathInvisible,
    /// A path that is not UTF-8.
    PathEncoding,
    /// A path that Windows can't write or writes elsewhere.
    PathWindows,
    /// A path with a leading `./`.
    PathDot,
    /// A path with empty segments, which clients strip differently.
    PathEmptySegment,
    /// A file that lands where the interpreter runs it, by a way where nobody looks for it.
    PathStartup,
    /// A command that is installed by a way where nobody looks for it, or in place of another package's.
    PathCommand,
    /// A path too deep or with too long a segment.
    PathLimit,

    /// The same path twice with different bytes.
    Duplicate,
    /// Names that are one on some file systems.
    NameCollision,
    /// The same path twice with identical bytes.
    DuplicateIdentical,

    /// Bytes after the end of a gzip or zip file.
    TrailingData,
    /// Zeros after the end of a zip file.
    TrailingZeros,
    /// Bytes before the first member of a zip.
    LeadingData,
    /// Bytes between the members of a zip.
    GapData,
    /// A comment longer than tools write one, or where none belongs.
    Comment,
    /// An extra field that no known reader uses, or with more in it than it says.
    ExtraField,
    /// Bytes in the padding of a block, or in a part of a header that is not used.
    Padding,
    /// A long attribute of an entry that no client needs to unpack it.
    Attribute,
    /// A frame of compressed data that decoders skip.
    SkippedFrame,
}

/// What an anomaly puts in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// Which entries there are, or what is in them.
    Ambiguity,
    /// Where an entry lands.
    Path,
    /// Which of several entries stays.
    Duplicate,
    /// What else is in the file.
    ExtraData,
    /// What an entry is called once it is installed.
    Name,
}

impl Anomaly {
    /// An anomaly of an entry of the package.
    pub fn of(kind: AnomalyKind, entry: &super::Entry, detail: String) -> Self {
        Self { kind, offset: entry.offset, place: entry.place.clone(), detail, ..Self::default() }
    }

    /// Whether it concerns an archive within the artifact, which whoever installs it doesn't unpack.
    pub fn is_nested(&self) -> bool {
        !self.container.is_empty() && !self.payload
    }
}

impl AnomalyKind {
    /// All kinds.
    pub const ALL: [Self; 69] = [
        Self::Mismatch,
        Self::SecondOpinion,
        Self::FileAsFolder,
        Self::ForeignScheme,
        Self::Renamed,
        Self::GzipMembers,
        Self::SeveralStreams,
        Self::ArLongName,
        Self::CpioHardLink,
        Self::TarChecksum,
        Self::TarNumber,
        Self::TarNameJunk,
        Self::TarNameRest,
        Self::TarEmptyName,
        Self::TarMagic,
        Self::TarTypeflag,
        Self::TarBody,
        Self::TarLinkField,
        Self::TarExtensionStack,
        Self::TarExtensionSize,
        Self::TarSparse,
        Self::TarPaxName,
        Self::TarGnuName,
        Self::TarHardLink,
        Self::TarWideNumber,
        Self::TarNulType,
        Self::TarNulFolder,
        Self::TarAfterEnd,
        Self::PaxSyntax,
        Self::PaxSize,
        Self::PaxKey,
        Self::PaxGlobal,
        Self::ZipHiddenEntry,
        Self::ZipHeaderMismatch,
        Self::ZipEnd,
        Self::Zip64,
        Self::Zip64Zeros,
        Self::ZipDescriptor,
        Self::ZipName,
        Self::ZipFolder,
        Self::ZipMode,
        Self::ZipVersion,
        Self::ZipOverlap,
        Self::ZipMethod,
        Self::ZipSlack,
        Self::PathTraversal,
        Self::PathAbsolute,
        Self::PathBackslash,
        Self::PathControl,
        Self::PathInvisible,
        Self::PathEncoding,
        Self::PathWindows,
        Self::PathDot,
        Self::PathEmptySegment,
        Self::PathStartup,
        Self::PathCommand,
        Self::PathLimit,
        Self::Duplicate,
        Self::NameCollision,
        Self::DuplicateIdentical,
        Self::TrailingData,
        Self::TrailingZeros,
        Self::LeadingData,
        Self::GapData,
        Self::Comment,
        Self::ExtraField,
        Self::Padding,
        Self::Attribute,
        Self::SkippedFrame,
    ];

    /// The word for it in reports, as it is serialised.
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether all readers of some packages take it alike, so that it only matters where one of them doesn't.
    pub fn depends_on_client(self) -> bool {
        matches!(
            self,
            Self::SeveralStreams
                | Self::ArLongName
                | Self::TarNameRest
                | Self::TarPaxName
                | Self::TarGnuName
                | Self::TarHardLink
                | Self::TarWideNumber
                | Self::TarNulType
                | Self::TarNulFolder
                | Self::Zip64Zeros
                | Self::PathDot
                | Self::TrailingZeros
        )
    }

    /// What it puts in doubt.
    pub fn concern(self) -> Concern {
        match self {
            Self::PathTraversal
            | Self::PathAbsolute
            | Self::PathBackslash
            | Self::PathControl
            | Self::PathInvisible
            | Self::PathEncoding
            | Self::PathWindows
            | Self::PathDot
            | Self::PathEmptySegment
            | Self::PathStartup
            | Self::PathCommand
            | Self::PathLimit => Concern::Path,
            Self::Duplicate | Self::NameCollision | Self::DuplicateIdentical => Concern::Duplicate,
            Self::TrailingData
            | Self::TrailingZeros
            | Self::LeadingData
            | Self::GapData
            | Self::Comment
            | Self::ExtraField
            | Self::Padding
            | Self::Attribute
            | Self::SkippedFrame => Concern::ExtraData,
            Self::Renamed => Concern::Name,
            _ => Concern::Ambiguity,
        }
    }
}
