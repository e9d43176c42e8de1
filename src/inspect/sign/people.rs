//! Whether a text holds records of many people: a table of customers, a dump of accounts, a mailbox, a book of addresses.
//! An address alone is no record: authors, translators and those who wrote a commit are named with theirs everywhere.
//! Those that a generator made up are none.

use std::collections::BTreeSet;

use memchr::memmem;

/// Addresses that make a text worth a look, and records from which on they are many.
const MANY: usize = 25;
/// Larger ones are judged by their beginning.
const LARGEST: usize = 4 << 20;

/// Whether it is such a text.
pub(super) fn are_records(bytes: &[u8]) -> bool {
    const HEAD: usize = 1024;
    let text = bytes.get(..LARGEST).unwrap_or(bytes);
    if memchr::memchr(0, text.get(..HEAD).unwrap_or(text)).is_some() {
        return false;
    }
    let addresses = Addresses::of(text);
    addresses.are_many()
        && !addresses.are_numbered()
        && !has_made_up_numbers(text)
        && (is_book(text)
            || is_mailbox(text)
            || is_directory(text)
            || is_table(text)
            || is_workbook(text)
            || are_objects(text))
}

/// The addresses of a text, in their order.
struct Addresses<'t> {
    all: Vec<(&'t [u8], &'t [u8])>,
}

impl<'t> Addresses<'t> {
    fn of(text: &'t [u8]) -> Self {
        /// More say nothing new, and signs that stand for something else are dear.
        const MOST: usize = 400;
        const MOST_SIGNS: usize = 2_000;
        let signs = memchr::memchr_iter(b'@', text).take(MOST_SIGNS);
        Self { all: signs.filter_map(|at| address(text, at)).take(MOST).collect() }
    }

    /// Many that differ in more than a number.
    fn are_many(&self) -> bool {
        let distinct: BTreeSet<Vec<u8>> = self
            .all
            .iter()
            .map(|(name, host)| {
                let letters = name.iter().filter(|byte| !byte.is_ascii_digit());
                letters.chain(*host).map(u8::to_ascii_lowercase).collect()
            })
            .collect();
        distinct.len() >= MANY
    }

    /// Whether each ends in its number in base 36, as Mockaroo makes them up.
    fn are_numbered(&self) -> bool {
        let ends = |(number, (name, _)): &(usize, &(&[u8], &[u8]))| name.ends_with(&base36(*number));
        4 * self.all.iter().enumerate().filter(ends).count() > 3 * self.all.len()
    }
}

fn base36(mut number: usize) -> Vec<u8> {
    let mut digits = Vec::new();
    loop {
        let digit = u8::try_from(number % 36).unwrap_or_default();
        digits.insert(0, if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
        number /= 36;
        if number == 0 {
            return digits;
        }
    }
}

/// The name and the host of the address around a sign, if somebody may have it.
fn address(text: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    const LONGEST: usize = 64;
    const NOBODYS: &[&str] = &[
        "acme.com",
        "company.com",
        "domain.com",
        "email.com",
        "foo.com",
        "mail.com",
        "mydomain.com",
        "sample.com",
        "test.com",
        "users.noreply.github.com",
    ];
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let is_of_host = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let name = text.get(..at)?.iter().rev().take(LONGEST).take_while(is_of_name).count();
    let host = text.get(at + 1..)?.iter().take(LONGEST).take_while(is_of_host).count();
    let (name, host) = (text.get(at - name..at)?, text.get(at + 1..at + 1 + host)?);
    let host = host.strip_suffix(b".").unwrap_or(host);
    let dot = memchr::memrchr(b'.', host)?;
    let (labels, top) = (host.get(..dot)?, host.get(dot + 1..)?);
    let is_reserved = matches!(top, b"example" | b"test" | b"invalid" | b"local" | b"localhost")
        || labels.rsplit(|byte| *byte == b'.').next() == Some(b"example")
        || NOBODYS.iter().any(|nobodys| host.eq_ignore_ascii_case(nobodys.as_bytes()));
    let is_top = (2..=12).contains(&top.len()) && top.iter().all(u8::is_ascii_alphabetic);
    (!name.is_empty() && !labels.is_empty() && is_top && !is_reserved).then_some((name, host))
}

/// Whether telephone numbers have extensions as faker's have: `1-770-736-8031 x56442`.
fn has_made_up_numbers(text: &[u8]) -> bool {
    let is_extension = |at: &usize| {
        let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
        at.checked_sub(1).is_some_and(digit) && (at + 2..at + 5).all(digit)
    };
    memmem::find_iter(text, b" x").filter(is_extension).nth(4).is_some()
}

/// A book of addresses: vCards.
fn is_book(text: &[u8]) -> bool {
    memmem::find_iter(text, b"BEGIN:VCARD").nth(MANY - 1).is_some()
}

/// A mailbox: messages behind lines that begin with `From `.
fn is_mailbox(text: &[u8]) -> bool {
    let starts = memmem::find_iter(text, b"\nFrom ").nth(MANY - 2).is_some();
    starts && text.starts_with(b"From ") && memmem::find_iter(text, b"\nFrom: ").nth(MANY - 1).is_some()
}

/// A directory of people, as LDAP's tools write it out.
fn is_directory(text: &[u8]) -> bool {
    const NUMBERS: [&[u8]; 4] = [b"\nmobile: ", b"\ntelephoneNumber: ", b"\nhomePhone: ", b"\nuserPassword:"];
    let has_many = |field: &[u8]| memmem::find_iter(text, field).nth(MANY - 2).is_some();
    has_many(b"\ndn: ") && has_many(b"\nmail: ") && NUMBERS.into_iter().any(has_many)
}

/// A table whose columns are those of people: its first line names them, or a statement of SQL does.
fn is_table(text: &[u8]) -> bool {
    const LONGEST: usize = 2000;
    let first = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    if first.is_some_and(|first| first.len() <= LONGEST && has_rows(text) && are_columns(&names(first))) {
        return true;
    }
    let statements = [&b"INSERT INTO "[..], b"insert into ", b"CREATE TABLE ", b"create table ", b"\nCOPY "];
    statements.into_iter().any(|statement| {
        memmem::find_iter(text, statement).take(MANY).any(|at| {
            let behind = text.get(at..(at + LONGEST).min(text.len())).unwrap_or_default();
            let end = memchr::memchr(b';', behind).unwrap_or(behind.len());
            let values = memmem::find(behind, b"VALUES").or_else(|| memmem::find(behind, b"values"));
            are_columns(&names(behind.get(..values.unwrap_or(end).min(end)).unwrap_or_default()))
        })
    })
}

/// The texts of a workbook, the names of its columns first: as spreadsheets keep them, or as they are in the cells.
fn is_workbook(text: &[u8]) -> bool {
    /// Texts among which the names of columns are.
    const FIRST: usize = 60;
    const HEAD: usize = 2048;
    let head = text.get(..HEAD).unwrap_or(text);
    if ![&b"<sst"[..], b"<worksheet"].iter().any(|root| memmem::find(head, root).is_some()) {
        return false;
    }
    let texts = memmem::find_iter(text, b"<t").take(FIRST).filter_map(|at| {
        let behind = text.get(at + 2..(at + 120).min(text.len()))?;
        let start = match behind {
            [b'>', ..] => 1,
            [b' ', ..] => memchr::memchr(b'>', behind)? + 1,
            _ => return None,
        };
        behind.get(start..start + memchr::memchr(b'<', behind.get(start..)?)?)
    });
    are_columns(&texts.flat_map(names).collect::<Vec<_>>())
}

/// Whether most lines have as many signs between columns as the first, and an address: code has not.
fn has_rows(text: &[u8]) -> bool {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(4 * MANY);
    let (with, all) = lines.fold((0, 0), |(with, all), line| {
        (with + usize::from(memchr::memchr(b'@', line).is_some()), all + 1)
    });
    2 * with > all
}

/// The words of a line between whatever separates columns, in small letters and without what joins them.
fn names(line: &[u8]) -> Vec<String> {
    let is_joint = |byte: &u8| b"_- \"'`".contains(byte);
    let columns = line.split(|byte| b",;\t|(\n".contains(byte));
    let plain = |column: &[u8]| {
        let column = column.iter().filter(|byte| !is_joint(byte));
        column.map(|byte| char::from(byte.to_ascii_lowercase())).take(60).collect()
    };
    columns.map(plain).collect()
}

/// Whether there is one for addresses, and one for what else is known of a person.
fn are_columns(names: &[String]) -> bool {
    const PERSONS: &[&str] = &[
        "birth",
        "dateofb",
        "dob",
        "geburt",
        "gender",
        "iban",
        "mobile",
        "nacimiento",
        "naissance",
        "nascita",
        "passport",
        "passw",
        "phone",
        "postal",
        "salary",
        "socialsec",
        "ssn",
        "strasse",
        "street",
        "telefon",
        "telephone",
        "zipcode",
    ];
    let is_mail = |name: &String| name.contains("email") || name == "mail";
    let is_address = |name: &String| {
        name.starts_with("address") || name.starts_with("adresse") || name.ends_with("homeaddress")
    };
    let is_persons = |name: &String| is_address(name) || PERSONS.iter().any(|word| name.contains(word));
    names.iter().any(is_mail) && names.iter().any(|name| !is_mail(name) && is_persons(name))
}

/// Objects of JSON, each with an address and with what else is known of a person.
fn are_objects(text: &[u8]) -> bool {
    const MAIL: &[&[u8]] = &[b"email\"", b"mail\"", b"emailAddress\"", b"email_address\""];
    const PERSONS: &[&[u8]] = &[
        b"phone\"",
        b"phoneNumber\"",
        b"phone_number\"",
        b"mobile\"",
        b"telephone\"",
        b"birthday\"",
        b"birthdate\"",
        b"date_of_birth\"",
        b"dateOfBirth\"",
        b"dob\"",
        b"street\"",
        b"ssn\"",
        b"iban\"",
        b"password\"",
        b"password_hash\"",
        b"passwordHash\"",
    ];
    let is_json = matches!(text.trim_ascii_start(), [b'[' | b'{', ..]);
    let has_many =
        |keys: &[&[u8]]| keys.iter().any(|key| memmem::find_iter(text, key).nth(MANY - 1).is_some());
    is_json && has_many(MAIL) && has_many(PERSONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    const LETTERS: &str = "abcdefghiklmnoprstuvw";

    struct Person {
        name: String,
        mail: String,
        phone: String,
    }

    fn people(dice: &mut Dice, count: usize) -> Vec<Person> {
        let person = |_| Person {
            name: dice.characters(LETTERS, 7),
            mail: format!("{}@{}.de", dice.characters(LETTERS, 8), dice.characters(LETTERS, 6)),
            phone: format!("+49 170 {}", dice.characters("0123456789", 7)),
        };
        (0..count).map(person).collect()
    }

    fn written(people: &[Person], form: &str) -> String {
        let rows = people.iter().map(|Person { name, mail, phone }| {
            form.replace("NAME", name).replace("MAIL", mail).replace("PHONE", phone)
        });
        rows.collect()
    }

    const FORMS: &[(&str, &str)] = &[
        ("id,name,email,phone\n", "7,NAME,MAIL,PHONE\n"),
        ("Name;E-Mail;Date of birth\n", "NAME;MAIL;1970-01-02\n"),
        ("Vorname;E-Mail;Telefon\n", "NAME;MAIL;PHONE\n"),
        (
            "<?xml version=\"1.0\"?><sst xmlns=\"a\"><si><t>Nachname</t></si><si><t>E-Mail</t></si><si><t>Telefon</t></si>",
            "<si><t>NAME</t></si><si><t xml:space=\"preserve\">MAIL</t></si><si><t>PHONE</t></si>",
        ),
        ("INSERT INTO `users` (`name`,`email`,`phone`) VALUES\n", "('NAME','MAIL','PHONE'),\n"),
        ("CREATE TABLE users (\n  name text,\n  email text,\n  password_hash text);\n", "NAME\tMAIL\tx\n"),
        ("", "BEGIN:VCARD\nFN:NAME\nEMAIL:MAIL\nTEL:PHONE\nEND:VCARD\n"),
        ("", "From MAIL Mon Jan  5 10:00:00 2026\nFrom: NAME <MAIL>\n\nHello\n\n"),
        ("", "dn: uid=NAME,dc=a\nmail: MAIL\nmobile: PHONE\n\n"),
        ("", "{\"name\": \"NAME\", \"email\": \"MAIL\", \"phone\": \"PHONE\"}\n"),
    ];

    #[test]
    fn records_of_many_people() {
        let mut dice = Dice::new(fresh_seed());
        for (head, row) in FORMS {
            let many = people(&mut dice, 40);
            assert!(are_records(format!("{head}{}", written(&many, row)).as_bytes()), "{row}");
            assert!(!are_records(format!("{head}{}", written(&many[..MANY - 5], row)).as_bytes()), "{row}");
        }
    }

    #[test]
    fn made_up_people_and_authors_are_none() {
        let mut dice = Dice::new(fresh_seed());
        for (head, row) in FORMS {
            let mut many = people(&mut dice, 40);
            for person in &mut many {
                person.mail = format!("{}@example.com", person.name);
            }
            assert!(!are_records(format!("{head}{}", written(&many, row)).as_bytes()), "{row}");
            let mut many = people(&mut dice, 40);
            for (number, person) in many.iter_mut().enumerate() {
                person.mail = format!("user{number}@shop.de");
            }
            assert!(!are_records(format!("{head}{}", written(&many, row)).as_bytes()), "{row}");
        }
        let mut many = people(&mut dice, 40);
        assert!(!are_records(written(&many, "NAME <MAIL>\n").as_bytes()), "authors");
        assert!(!are_records(written(&many, "  * Fixed by NAME <MAIL>, thanks\n").as_bytes()), "changes");
        many.iter_mut().for_each(|person| person.phone = "1-770-736-8031 x56442".to_owned());
        let made_up = format!("name,email,phone\n{}", written(&many, "NAME,MAIL,PHONE\n"));
        assert!(!are_records(made_up.as_bytes()), "faker");
        for (number, person) in many.iter_mut().enumerate() {
            let digits = String::from_utf8(base36(number)).unwrap_or_default();
            person.mail = format!("{}{digits}@{}.com", person.name, person.name);
        }
        assert!(
            !are_records(written(&many, "{\"email\":\"MAIL\",\"phone\":\"7\"}\n").as_bytes()),
            "mockaroo"
        );
    }
}
