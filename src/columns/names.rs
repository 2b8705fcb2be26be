//! What the name of a column gives away: identifier, code, date; and finding a column by its name.

use crate::error::{Error, Result, did_you_mean};
use crate::message::{Setting, message};

/// Names as words: `CUST_ID`, `customerID` and `Kunden-Nr.` are two each, all in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        let before = i.checked_sub(1).map(|j| chars[j]);
        let camel = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || (b.is_uppercase() && chars.get(i + 1).is_some_and(|n| n.is_lowercase()))
            });
        let digits = before.is_some_and(|b| b.is_alphanumeric() && b.is_numeric() != c.is_numeric());
        if !open || camel || digits {
            words.push(String::new());
        }
        open = true;
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Whether `word` is one of the words of `list`, which are parted by spaces.
pub(crate) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|w| w == word)
}

const SUBJECTS: &str = "customer customers cust client clients clnt user member account acct acc card cardholder kunde \
    kunden kd person household subscriber patient respondent cliente klant guest passenger shopper buyer \
    visitor contact policyholder donor player employee student konto";

const NUMBERS: &str = "id ids no nr num number nummer code key uid uuid guid ref reference identifier numero";

/// How strongly a name says that the column names the customer: 0 not at all; 40 a row number, 60 some identifier,
/// 70 and above the customer.
pub(crate) fn id_strength(name: &str) -> u32 {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let joined = words.concat();
    let subject_and_number = |text: &str| {
        SUBJECTS
            .split_ascii_whitespace()
            .any(|s| text.strip_prefix(s).is_some_and(|rest| among(NUMBERS, rest)))
    };
    match words.as_slice() {
        [] if name.trim().is_empty() || name.trim() == "#" => 40,
        ["index" | "idx" | "row" | "rownames" | "rownumber" | "no" | "nr"] => 40,
        // What R calls the column of row names that it wrote without a name.
        ["x"] if name.trim() == "X" => 40,
        ["unnamed", "0"] | ["row", "names" | "number" | "no" | "nr" | "id" | "index"] => 40,
        ["lfd", "nr"] | ["level", "0"] | ["s", "no"] | ["sl", "no"] | ["sr", "no"] => 40,
        ["id" | "uid" | "uuid" | "guid" | "identifier"] => 90,
        ["email" | "mail"] | ["e", "mail"] | ["email" | "mail", "address"] | ["e", "mail", "address"] => 80,
        [.., "email"] => 75,
        _ if subject_and_number(&joined) => 100,
        [.., subject, number] if among(SUBJECTS, subject) && among(NUMBERS, number) => 100,
        ["id" | "uid" | "uuid" | "guid" | "code", subject] if among(SUBJECTS, subject) => 100,
        // A column "Kunde" that differs in every row is a better name than an address.
        [subject] if among(SUBJECTS, subject) => 85,
        [.., "id" | "uid" | "uuid" | "guid" | "key"] => 60,
        _ => 0,
    }
}

/// Words that make a name one of an amount, whatever else it holds.
const AMOUNTS: &str = "num number count counts n nb amount amt total sum avg average mean median max min rate ratio share \
    percent pct price cost costs income revenue value score age size length duration days weeks months \
    years hours minutes balance qty quantity spend spent spending sales purchases visits kids children \
    limit level rating frequency anzahl satisfaction involvement performance grade stars points";

const CODES: &str = "code codes zip zipcode postal postcode postalcode plz region regions id uid uuid guid channel type \
    typ class pclass segment cluster group browser os category cat state country city district zone \
    gender sex marital marriage occupation job store branch department dept division nationality \
    religion race ethnicity flag label device platform source medium campaign language lang currency \
    method sector industry brand plan kategorie gruppe kanal land bundesland geschlecht weekday dow \
    phone telephone mobile fax telefon ean isbn iban sku barcode fips nace sic";

/// Whether the name says that numbers in this column are codes.
pub(crate) fn says_code(name: &str) -> bool {
    let words = words(name);
    let joined = words.concat();
    if words.iter().any(|w| among(AMOUNTS, w)) {
        return false;
    }
    words.iter().any(|w| among(CODES, w))
        || ["operatingsystem", "operatingsystems", "dayofweek", "month"].contains(&joined.as_str())
        || ["customerid", "custid", "storeid", "productid", "userid"].contains(&joined.as_str())
}

/// Whether the name says so beyond doubt, so that any number of different values is plausible.
pub(crate) fn says_code_surely(name: &str) -> bool {
    const SURE: &str = "code codes zip zipcode postal postcode postalcode plz id uid uuid guid phone telephone mobile \
        fax telefon ean isbn sku barcode fips";
    says_code(name) && (id_strength(name) >= 60 || words(name).iter().any(|w| among(SURE, w)))
}

/// Whether the name is one of a phone number.
pub(crate) fn says_phone(name: &str) -> bool {
    const PHONES: &str =
        "phone phones telephone telefon telefono tel mobile handy cell cellphone fax telefax msisdn";
    const NUMBER: &str = "no nr num number numero nummer";
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [.., last] if among(PHONES, last) => true,
        [.., phone, last] => {
            among(PHONES, phone) && (among(NUMBER, last) || last.bytes().all(|b| b.is_ascii_digit()))
        }
        _ => false,
    }
}

/// Whether the name says that digits such as `20240131` are a date.
pub(crate) fn says_date(name: &str) -> bool {
    const DATES: &str = "date datum day dob birth birthday birthdate since created joined dt fecha data tag geburtsdatum \
        time timestamp on";
    let words = words(name);
    words
        .iter()
        .any(|w| among(DATES, w) || w.ends_with("date") || w.ends_with("datum"))
}

/// The name without the number at its end: columns `p0` to `p63` are one family, `p`.
pub(crate) fn family(name: &str) -> Option<&str> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem.len() < name.len() && !stem.is_empty()).then_some(stem)
}

/// The place of the column called so, or else of the only one that agrees but for case and spaces.
pub(crate) fn place(wanted: &str, names: &[String]) -> Option<usize> {
    let plain = |s: &str| s.trim().to_lowercase();
    let exact = names.iter().position(|n| n == wanted);
    exact.or_else(|| {
        let mut close = (0..names.len()).filter(|&i| plain(&names[i]) == plain(wanted));
        close.next().filter(|_| close.next().is_none())
    })
}

/// The [`place`] of the column that `wanted` names; `reading` says so where the name was another. `setting` is where the name stood.
pub(crate) fn find(
    wanted: &str,
    names: &[String],
    setting: Setting,
    reading: &mut Vec<String>,
) -> Result<usize> {
    if let Some(place) = place(wanted, names) {
        let phrase = format!("\"{wanted}\" taken as column {}", names[place]);
        if names[place] != wanted && !reading.contains(&phrase) {
            reading.push(phrase);
        }
        return Ok(place);
    }
    let hint = match did_you_mean(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("{near} The columns are {}", shortened(names)),
        None => format!("the columns are {}", shortened(names)),
    };
    Err(Error::usage(message![
        setting,
        format!(" names \"{wanted}\", which is not a column")
    ])
    .hint(hint))
}

/// Whether `wanted` is a pattern: it holds `*` or `?` and is no column's name.
pub(crate) fn is_pattern(wanted: &str, names: &[String]) -> bool {
    wanted.contains(['*', '?']) && !names.iter().any(|n| n.trim().eq_ignore_ascii_case(wanted.trim()))
}

/// The places of all columns that `wanted` names: one, or those that fit a pattern.
pub(crate) fn find_all(
    wanted: &str,
    names: &[String],
    setting: Setting,
    reading: &mut Vec<String>,
) -> Result<Vec<usize>> {
    if !is_pattern(wanted, names) {
        return find(wanted, names, setting, reading).map(|c| vec![c]);
    }
    let pattern: Vec<char> = wanted.trim().to_lowercase().chars().collect();
    let fits = |name: &String| matches(&pattern, &name.trim().to_lowercase().chars().collect::<Vec<_>>());
    let found: Vec<usize> = (0..names.len()).filter(|&c| fits(&names[c])).collect();
    if found.is_empty() {
        return Err(Error::usage(message![
            setting,
            format!(" names \"{wanted}\", which fits no column")
        ])
        .hint(format!("the columns are {}", shortened(names))));
    }
    let fitting: Vec<String> = found.iter().map(|&c| names[c].clone()).collect();
    reading.push(format!("\"{wanted}\" taken as {}", shortened(&fitting)));
    Ok(found)
}

/// Whether the whole text fits a pattern of letters, `*` for any of them and `?` for one.
pub(crate) fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and how far it has reached.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((place, reached)) => {
                    star = Some((place, reached + 1));
                    p = place + 1;
                    t = reached + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// The first names of a list for people.
pub(crate) fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 15;
    let head = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        format!("{head} and {} more", names.len() - SHOWN)
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_at_marks_case_and_digits() {
        for (name, expected) in [
            ("CUST_ID", "cust id"),
            ("customerID", "customer id"),
            ("Kunden-Nr.", "kunden nr"),
            ("OperatingSystems", "operating systems"),
            ("IDCustomer", "id customer"),
            ("p12", "p 12"),
            ("Annual Income (k$)", "annual income k"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn identifiers_are_known_by_name() {
        for name in [
            "id",
            "ID",
            "customerid",
            "customer_id",
            "CUST_ID",
            "customerID",
            "kunden-nr",
            "Kundennummer",
            "account no",
            "uuid",
            "email",
            "E-Mail",
            "id_cliente",
            "household_id",
        ] {
            assert!(id_strength(name) >= 70, "{name}");
        }
        for name in [
            "paid",
            "age",
            "num_accounts",
            "number of customers",
            "monetary",
            "width",
            "void",
            "Var_1",
        ] {
            assert_eq!(id_strength(name), 0, "{name}");
        }
        assert_eq!(
            (
                id_strength("store_id"),
                id_strength("Unnamed: 0"),
                id_strength("")
            ),
            (60, 40, 40)
        );
    }

    #[test]
    fn codes_are_known_by_name_and_amounts_are_not_codes() {
        for name in [
            "Channel",
            "Region",
            "OperatingSystems",
            "Browser",
            "TrafficType",
            "zip_code",
            "PLZ",
            "Pclass",
            "store_id",
        ] {
            assert!(says_code(name), "{name}");
        }
        for name in [
            "TENURE",
            "Family_Size",
            "NumStorePurchases",
            "number of stores",
            "Age",
            "digit",
            "year",
            "x.box",
            "p12",
        ] {
            assert!(!says_code(name), "{name}");
        }
    }

    #[test]
    fn patterns_name_all_columns_that_fit() {
        let names = ["Naive_Bayes_1", "naive_bayes_2", "Income?", "cost*", "age"].map(str::to_owned);
        let mut reading = Vec::new();
        let mut places = |wanted: &str| find_all(wanted, &names, Setting::Ignore, &mut reading);
        assert_eq!(places("Naive_Bayes*").expect("two"), [0, 1]);
        assert_eq!(places("?ge").expect("one"), [4]);
        assert_eq!(places("*e*").expect("some"), [0, 1, 2, 4]);
        // A name is a name, whatever it holds.
        assert_eq!(places("income?").expect("one"), [2]);
        assert_eq!(places("cost*").expect("one"), [3]);
        let error = places("x*").expect_err("none");
        insta::assert_snapshot!(error, @r#"`ignore` names "x*", which fits no column; the columns are Naive_Bayes_1, naive_bayes_2, Income?, cost*, age"#);
    }

    #[test]
    fn an_unknown_column_is_refused_with_the_nearest_name() {
        let names = ["Monetary".to_owned(), "Recency".to_owned()];
        let mut reading = Vec::new();
        assert_eq!(
            find(" monetary", &names, Setting::Features, &mut reading).expect("near enough"),
            0
        );
        assert_eq!(reading, ["\" monetary\" taken as column Monetary"]);
        let error = find("monetry", &names, Setting::Features, &mut reading).expect_err("unknown");
        insta::assert_snapshot!(error, @r#"`features` names "monetry", which is not a column; did you mean "Monetary"? The columns are Monetary, Recency"#);
    }
}
