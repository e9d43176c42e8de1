//! Whether a database of SQLite may hold anything of persons or accounts: words in a dictionary or places on a map are data that
//! a program ships.

use memchr::memmem;

/// What a file of SQLite begins with.
const BEGINNING: &[u8] = b"SQLite format 3\0";
/// Bytes in which the tables are looked for: their definitions are in the first pages.
const HEAD: usize = 64 << 10;
/// Bytes of one definition.
const LONGEST: usize = 4 << 10;
/// Words in names of tables and columns that hold what is somebody's.
#[rustfmt::skip]
const SOMEBODYS: &[&str] = &[
    "account", "accounts", "address", "addresses", "auth", "bearer", "birthday", "browser", "card", "chat", "chats", "client", "clients",
    "contact", "contacts", "conversation", "conversations", "cookie", "cookies", "credential", "credentials", "customer", "customers",
    "email", "emails", "employee", "employees", "history", "invoice", "invoices", "key", "keys", "log", "login", "logins", "logs", "mail",
    "member", "members", "message", "messages", "passwd", "password", "passwords", "payment", "payments", "person", "persons", "phone",
    "secret", "session", "sessions",
];
/// The same where they stand within a longer word.
const PARTS: [&str; 6] = ["user", "token", "passw", "pwd", "apikey", "people"];

/// Whether it is one that may hold such a thing, or whose tables can't be told.
pub(super) fn is_somebodys(bytes: &[u8]) -> bool {
    if !bytes.starts_with(BEGINNING) {
        return false;
    }
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let mut tables =
        memmem::find_iter(head, b"CREATE ").filter_map(|at| definition(head.get(at..)?)).peekable();
    tables.peek().is_none() || tables.any(|table| names_somebodys(&table))
}

/// A definition of a table, in small letters: a text ends at the first byte that none has.
fn definition(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte < b'\t').unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(bytes.get(..end)?).to_lowercase();
    text.contains("table").then_some(text)
}

fn names_somebodys(table: &str) -> bool {
    let table =
        ["primary key", "foreign key"].iter().fold(table.to_owned(), |table, words| table.replace(words, ""));
    PARTS.iter().any(|part| table.contains(part))
        || table.split(|c: char| !c.is_alphanumeric()).any(|word| SOMEBODYS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(tables: &[&str]) -> Vec<u8> {
        let rows: Vec<u8> =
            tables.iter().flat_map(|table| [table.as_bytes(), b"\x02\x03"].concat()).collect();
        [BEGINNING, &[0; 84], &rows].concat()
    }

    #[test]
    fn tables_of_data_and_of_persons() {
        assert!(SOMEBODYS.is_sorted());
        for (tables, expected) in [
            (
                &["CREATE TABLE words (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT, phonemes TEXT)"][..],
                false,
            ),
            (&["CREATE TABLE places(name TEXT, lat REAL)", "CREATE INDEX by_name ON places (name)"], false),
            (&["CREATE TABLE a (b, FOREIGN KEY(b) REFERENCES c(d))"], false),
            (&["CREATE TABLE words (word)", "CREATE TABLE app_users (id, name)"], true),
            (&["CREATE TABLE people(full_name TEXT, phone TEXT)"], true),
            (&["CREATE TABLE settings (name, api_key)"], true),
            (&["CREATE VIRTUAL TABLE messages USING fts5(body)"], true),
            (&["CREATE TABLE \"userTokens\" (value)"], true),
            (&[], true),
        ] {
            assert_eq!(is_somebodys(&database(tables)), expected, "{tables:?}");
        }
        assert!(!is_somebodys(b"CREATE TABLE users (id)"));
    }
}
