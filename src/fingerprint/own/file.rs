//! The project's text as a file for machines that don't have it: `packgate-own-source\n`, a version, the names of its
//! packages, its files, the keys of its lines (ascending differences) with class and files, and the heads of lines
//! (ascending differences); a checksum at the end. All numbers as LEB128.

use std::collections::BTreeSet;

use crate::fingerprint::file::hashed;
use crate::fingerprint::form::{FileError, Form, Rest, put};
use crate::fingerprint::shelf::Labels;
use crate::inventory::{Fate, LineClass};

use super::index::{OwnFile, OwnSource};
use super::lines::Places;

/// The version goes up whenever lines are recognised differently, since old keys then find nothing.
const FORM: Form = Form { magic: b"packgate-own-source\n", version: 1 };

const FATES: [Fate; 3] = [Fate::Kept, Fate::Lowered, Fate::Compiled];
const CLASSES: [LineClass; 5] =
    [LineClass::Comment, LineClass::Doc, LineClass::Lowered, LineClass::Statement, LineClass::Code];

impl OwnSource {
    /// It as a file: one-way hashes and paths, no text. The same sources give the same file.
    pub fn write(&self, labels: Labels) -> Vec<u8> {
        let mut bytes = FORM.begin();
        put(&mut bytes, self.names().len() as u64);
        self.names().iter().for_each(|name| put_text(&mut bytes, name));
        put(&mut bytes, self.files().len() as u64);
        for file in self.files() {
            match labels {
                Labels::Paths => put_text(&mut bytes, &file.path),
                Labels::Hashed => put_text(&mut bytes, &hashed(&file.path, &[0; 16])),
            }
            put(&mut bytes, position(&FATES, file.fate));
        }
        let all = self.all();
        put(&mut bytes, all.len() as u64);
        let mut last = 0;
        for &(key, class, ref holders) in &all {
            put(&mut bytes, key - last);
            put(&mut bytes, position(&CLASSES, class));
            put(&mut bytes, holders.len() as u64);
            holders.iter().for_each(|holder| put(&mut bytes, u64::from(*holder)));
            last = key;
        }
        let heads: Vec<u32> = self.heads().collect();
        put(&mut bytes, heads.len() as u64);
        let mut last = 0;
        for head in heads {
            put(&mut bytes, u64::from(head - last));
            last = head;
        }
        Form::seal(bytes)
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// When the bytes are no such file, are damaged, or come from another version.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let mut rest = FORM.open(bytes)?;
        let names: BTreeSet<String> =
            (0..rest.number()?).map(|_| text_of(&mut rest)).collect::<Result<_, _>>()?;
        let file = |rest: &mut Rest<'_>| {
            let path = text_of(rest)?;
            Ok(OwnFile { path, fate: choice(rest, &FATES)? })
        };
        let files = (0..rest.number()?).map(|_| file(&mut rest)).collect::<Result<Vec<_>, _>>()?;
        let (mut places, mut classes) = (Places::default(), Vec::new());
        let mut key = 0u64;
        for _ in 0..rest.number()? {
            key = key.checked_add(rest.number()?).ok_or(FileError::Damaged(rest.at()))?;
            classes.push(choice(&mut rest, &CLASSES)?);
            let mut holders = Vec::new();
            for _ in 0..rest.number()? {
                let holder =
                    u32::try_from(rest.number()?).ok().filter(|holder| (*holder as usize) < files.len());
                holders.push(holder.ok_or(FileError::Damaged(rest.at()))?);
            }
            places.add(key, holders);
        }
        let mut head = 0u64;
        let mut heads = Vec::new();
        for _ in 0..rest.number()? {
            head = head.checked_add(rest.number()?).ok_or(FileError::Damaged(rest.at()))?;
            heads.push(u32::try_from(head).map_err(|_| FileError::Damaged(rest.at()))?);
        }
        Ok(Self::known(names, files, (places, classes), heads))
    }
}

fn position<T: PartialEq>(all: &[T], one: T) -> u64 {
    all.iter().position(|known| *known == one).unwrap_or(0) as u64
}

fn choice<T: Copy>(rest: &mut Rest<'_>, all: &[T]) -> Result<T, FileError> {
    let number = usize::try_from(rest.number()?).unwrap_or(usize::MAX);
    all.get(number).copied().ok_or(FileError::Damaged(rest.at()))
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn text_of(rest: &mut Rest<'_>) -> Result<String, FileError> {
    let length = rest.number()? as usize;
    Ok(String::from_utf8_lossy(rest.take(length)?).into_owned())
}
