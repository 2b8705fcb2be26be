//! What `kinfolk features` says of purchase lines, worked out again line by line from the file.

use super::text::{between, count, number};
use super::{Ledger, world};
use crate::support::real_data;
use flate2::read::MultiGzDecoder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Whether a product is left out.
type Excluded<'a> = &'a dyn Fn(&str) -> bool;

/// A line that is counted.
#[derive(Clone, Debug)]
struct Line {
    customer: String,
    day: i64,
    second: i64,
    zoned: bool,
    order: String,
    product: String,
    amount: f64,
    all: String,
}

/// What a warning claims to have counted, by its code in words.
#[derive(Default)]
struct Found {
    lines: u64,
    counts: BTreeMap<&'static str, (usize, u64)>,
    counted: Vec<Line>,
    currencies: BTreeSet<String>,
    no_currency: (usize, u64),
}

impl Found {
    fn add(&mut self, what: &'static str, line: u64) {
        let entry = self.counts.entry(what).or_insert((0, line));
        entry.0 += 1;
    }
}

struct Run {
    stderr: String,
    written: Vec<HashMap<String, String>>,
    header: Vec<String>,
    roles: BTreeMap<String, String>,
    flags: Vec<String>,
}

impl Run {
    fn flag(&self, name: &str) -> Option<&str> {
        let at = self.flags.iter().position(|f| f == name)?;
        Some(self.flags.get(at + 1).map_or("", String::as_str))
    }

    fn drops(&self, what: &str) -> bool {
        self.flag("--drop")
            .is_some_and(|d| d.split(',').any(|d| d == what))
    }

    fn role(&self, name: &str) -> Option<&str> {
        let column = self.roles.get(name)?;
        let column = column.split(" (").next()?;
        (column != "none" && !column.starts_with("none:")).then_some(column)
    }
}

fn text_of(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).expect("there");
    match path.extension().is_some_and(|e| e == "gz") {
        true => MultiGzDecoder::new(file).read_to_string(&mut text),
        false => file.read_to_string(&mut text),
    }
    .expect("UTF-8");
    text
}

/// Days since 1970 and seconds of a cell, and whether it has a zone.
fn moment(cell: &str, month_first: bool) -> (i64, i64, bool) {
    let (date, time) = cell.split_once([' ', 'T']).unwrap_or((cell, ""));
    let parts: Vec<i64> = date
        .split(['-', '/', '.'])
        .map(|p| p.parse().expect("digits"))
        .collect();
    let (year, month, day) = match date.as_bytes()[4..].first() {
        Some(b'-') => (parts[0], parts[1], parts[2]),
        _ if month_first => (parts[2], parts[0], parts[1]),
        _ => (parts[2], parts[1], parts[0]),
    };
    let days = jiff::civil::date(year as i16, month as i8, day as i8)
        .duration_since(jiff::civil::date(1970, 1, 1))
        .as_hours()
        / 24;
    let zone = time.find(['Z', '+', '-']);
    let clock: Vec<i64> = time[..zone.unwrap_or(time.len())]
        .split(':')
        .filter(|p| !p.is_empty())
        .map(|p| p.parse().expect("digits"))
        .collect();
    let at = |i: usize| clock.get(i).copied().unwrap_or(0);
    let mut second = 86_400 * days + 3_600 * at(0) + 60 * at(1) + at(2);
    if let Some(zone) = zone.map(|z| &time[z..]).filter(|z| *z != "Z") {
        let (hours, minutes) = zone[1..].split_once(':').expect("+01:00");
        let off =
            3_600 * hours.parse::<i64>().expect("digits") + 60 * minutes.parse::<i64>().expect("digits");
        second -= if zone.starts_with('-') { -off } else { off };
    }
    (
        second.div_euclid(86_400),
        second.rem_euclid(86_400),
        zone.is_some(),
    )
}

fn money(cell: &str) -> (f64, &str) {
    let sign = cell
        .char_indices()
        .find(|(_, c)| "$€£".contains(*c))
        .map_or("", |(at, c)| &cell[at..at + c.len_utf8()]);
    (cell.replace(['$', '€', '£'], "").parse().expect("a number"), sign)
}

fn header_of(reader: &mut csv::Reader<impl std::io::Read>) -> Vec<String> {
    let header = reader.headers().expect("a header");
    header.iter().map(str::to_owned).collect()
}

/// The file read again by the columns that the program says it took.
fn read_again(path: &Path, run: &Run, excluded: Excluded<'_>) -> Found {
    let text = text_of(path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = header_of(&mut reader);
    let place = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .expect("a column of the file")
    };
    let role = |name: &str| run.role(name).map(place);
    let (customer, date) = (role("customer").expect("named"), role("date").expect("named"));
    let (order, product, currency) = (role("order"), role("product"), role("currency"));
    let amounts: Vec<usize> = run
        .role("amount")
        .map(|a| a.split(" × ").map(place).collect())
        .unwrap_or_default();
    // Where quantities and prices make the amount, prices are looked at.
    let price = (amounts.len() == 2).then(|| amounts[1]);
    let month_first = run.roles["date"].contains("month/day/year");
    let as_of = run.flag("--as-of").map(|d| moment(d, false).0);
    let mut found = Found::default();
    for row in reader.records() {
        let row = row.expect("good CSV");
        let n = row.position().expect("known").line();
        found.lines += 1;
        if row[customer].is_empty() {
            found.add("customer", n);
            continue;
        }
        if row[date].is_empty() {
            found.add("date", n);
            continue;
        }
        let (day, second, zoned) = moment(&row[date], month_first);
        if as_of.is_some_and(|as_of| day >= as_of) {
            found.add("future", n);
            continue;
        }
        let name = product.map_or("", |p| row[p].trim()).to_owned();
        if !name.is_empty() && excluded(&name) {
            found.add("excluded", n);
            continue;
        }
        if amounts.iter().any(|&a| row[a].is_empty()) {
            found.add("amount", n);
            continue;
        }
        let read: Vec<(f64, &str)> = amounts.iter().map(|&a| money(&row[a])).collect();
        let amount = if read.is_empty() {
            1.0
        } else {
            read.iter().map(|r| r.0).product()
        };
        let written = currency
            .map(|c| row[c].to_owned())
            .filter(|c| !c.is_empty())
            .unwrap_or_else(|| read.iter().map(|r| r.1).collect());
        if written.is_empty() {
            if found.no_currency.0 == 0 {
                found.no_currency.1 = n;
            }
            found.no_currency.0 += 1;
        } else {
            found.currencies.insert(written.clone());
        }
        let other = run
            .flag("--only-currency")
            .is_some_and(|only| !written.is_empty() && only != written);
        if other {
            found.add("other currency", n);
            continue;
        }
        let price = price.map(|p| money(&row[p]).0);
        if price.is_some_and(|p| p < 0.0) {
            found.add("negative price", n);
            if run.drops("negative-prices") {
                continue;
            }
        }
        if amount == 0.0 {
            found.add("zero", n);
            if run.drops("zero-amounts") {
                continue;
            }
        }
        let number_of = order.map_or(String::new(), |o| row[o].to_owned());
        if order.is_some() && number_of.is_empty() {
            found.add("order", n);
        }
        if zoned {
            found.add("zoned", n);
        }
        if second == 0 {
            found.add("midnight", n);
        }
        found.counted.push(Line {
            customer: row[customer].to_owned(),
            day,
            second,
            zoned,
            order: number_of,
            product: name,
            amount,
            all: row.iter().collect::<Vec<_>>().join("\u{1F}"),
        });
    }
    found
}

/// What is found among the lines of each customer.
#[derive(Default)]
struct Cleaned {
    duplicates: usize,
    duplicates_amount: f64,
    returns: usize,
    of_cancelled_orders: usize,
    pairs: usize,
    unmatched: usize,
    returns_only: usize,
    lost: usize,
    purchases: usize,
}

fn clean(run: &Run, lines: &[Line]) -> Cleaned {
    let mut by_customer: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        by_customer.entry(&line.customer).or_default().push(line);
    }
    let mut out = Cleaned::default();
    let cancels = |l: &Line| {
        let digits = l.order.strip_prefix(['C', 'c']).unwrap_or("");
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    out.of_cancelled_orders = lines.iter().filter(|l| l.amount < 0.0 && cancels(l)).count();
    for mine in by_customer.values() {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut kept: Vec<&Line> = Vec::new();
        for line in mine {
            let again = !seen.insert(&line.all);
            if again {
                out.duplicates += 1;
                out.duplicates_amount += line.amount;
            }
            if !(again && run.drops("duplicates")) {
                kept.push(line);
            }
        }
        let when = |l: &Line| (l.day, l.second);
        let bought: Vec<&&Line> = kept.iter().filter(|l| l.amount >= 0.0).collect();
        let back: Vec<&&Line> = kept.iter().filter(|l| l.amount < 0.0).collect();
        out.purchases += bought.len();
        out.returns += back.len();
        for one in &back {
            let first = bought
                .iter()
                .filter(|b| b.product == one.product)
                .map(|b| when(b))
                .min();
            out.unmatched += usize::from(first.is_none_or(|first| first > when(one)));
        }
        let mut amounts: BTreeMap<_, [Vec<(i64, i64)>; 2]> = BTreeMap::new();
        for line in bought.iter().chain(&back) {
            let both = amounts
                .entry((&line.product, line.amount.abs().to_bits()))
                .or_default();
            both[usize::from(line.amount < 0.0)].push(when(line));
        }
        let mut pairs = 0;
        for [mut bought, mut back] in amounts.into_values() {
            bought.sort_unstable();
            back.sort_unstable();
            pairs += bought.iter().zip(&back).filter(|(b, r)| b <= r).count();
        }
        out.pairs += pairs;
        if bought.is_empty() && !back.is_empty() {
            out.returns_only += 1;
        }
    }
    out
}

/// `135,080 lines` or `1 line`.
fn lines(text: &str) -> Option<usize> {
    let (n, word) = text.split_once(' ')?;
    let n = count(n)?;
    (word == if n == 1 { "line" } else { "lines" }).then_some(n)
}

/// A warning that counts lines and names the first one: what stands between the two, and whether they are as `found`.
fn first_of(message: &str, found: (usize, u64)) -> Option<(&str, bool)> {
    let (front, line) = message.strip_suffix(')')?.rsplit_once(" (first on line ")?;
    let (n, rest) = front.split_once(' ')?;
    let rest = rest
        .strip_prefix("lines ")
        .or_else(|| rest.strip_prefix("line "))?;
    Some((rest, count(n)? == found.0 && line.parse::<u64>().ok()? == found.1))
}

fn understood(run: &Run, found: &Found, cleaned: &Cleaned, message: &str) -> Option<Vec<bool>> {
    let of = |what: &str| found.counts.get(what).copied().unwrap_or((0, 0));
    let or_drop = |text: &str, what: &str| match run.drops(what) {
        true => text == "left out as asked",
        false => text == format!("counted like others; --drop {what} leaves them out"),
    };
    for (what, words) in [
        ("customer", "without a customer left out"),
        ("date", "without a date left out"),
        ("amount", "without an amount left out"),
        (
            "order",
            "without an order; those of a customer and day are taken as one order",
        ),
        ("excluded", "of products that --exclude-products names left out"),
        (
            "other currency",
            "in another currency than the one asked for left out",
        ),
        (
            "future",
            "of the day from which is looked back, or later, left out",
        ),
        ("zoned", "with a time zone, taken as the time at UTC"),
    ] {
        if let Some((rest, right)) = first_of(message, of(what))
            && rest == words
        {
            return Some(vec![right]);
        }
    }
    if let Some((rest, right)) = first_of(message, found.no_currency)
        && let Some(name) = rest.strip_prefix("without a currency counted as ")
    {
        let one = found.currencies.len() == 1 && found.currencies.contains(name);
        let asked = run.flag("--only-currency") == Some(name);
        let several = found.currencies.len() > 1 && name == "the others";
        return Some(vec![right, one || asked || several]);
    }
    if let Some((front, rest)) =
        message.split_once(" at exactly 00:00:00, taken as without a time (first on line ")
    {
        let line = rest.strip_suffix("): evening_share leaves their orders out")?;
        return Some(vec![(lines(front)?, line.parse().ok()?) == of("midnight")]);
    }
    if let Some((front, rest)) =
        message.split_once(" of products that look like postage, fees or adjustments (")
    {
        let (_, rest) = rest.split_once(") counted like goods; --exclude-products '")?;
        let names: Vec<&str> = rest.strip_suffix("' leaves them out")?.split(',').collect();
        let n = found
            .counted
            .iter()
            .filter(|l| names.contains(&l.product.as_str()))
            .count();
        let all_there = names
            .iter()
            .all(|n| found.counted.iter().any(|l| l.product == *n));
        return Some(vec![lines(front)? == n, all_there]);
    }
    for (what, middle, drop) in [
        ("zero", " with an amount of 0 (first on line ", "zero-amounts"),
        (
            "negative price",
            " with a price below 0 (first on line ",
            "negative-prices",
        ),
    ] {
        if let Some((front, rest)) = message.split_once(middle) {
            let (line, rest) = rest.split_once(')')?;
            let rest = rest.strip_prefix(", as adjustments have").unwrap_or(rest);
            let told = or_drop(rest.strip_prefix(": ")?, drop);
            return Some(vec![(lines(front)?, line.parse().ok()?) == of(what), told]);
        }
    }
    if let Some((front, rest)) = message.split_once(" a line of the same file in every cell, amounts of ") {
        let (sum, rest) = rest.split_once(" together: ")?;
        let (n, word) = front.split_once(' ')?;
        let n = count(n)?;
        return Some(vec![
            n == cleaned.duplicates && word == if n == 1 { "line repeats" } else { "lines repeat" },
            (number(sum)? - cleaned.duplicates_amount).abs()
                <= 0.005 * cleaned.duplicates_amount.abs() + 1e-9,
            or_drop(rest, "duplicates"),
        ]);
    }
    let same = if run.role("product").is_some() {
        "product and amount"
    } else {
        "amount"
    };
    if let Some((front, rest)) = message.split_once(" with an amount below 0 taken as returns") {
        let mut claims = vec![lines(front)? == cleaned.returns];
        let rest = match rest.strip_prefix(" (") {
            Some(rest) => {
                let (n, rest) = rest.split_once(" of orders whose number begins with C)")?;
                claims.push(lines(n)? == cleaned.of_cancelled_orders);
                rest
            }
            None => {
                claims.push(cleaned.of_cancelled_orders == 0);
                rest
            }
        };
        if let Some(rest) = rest.strip_prefix(" and off the money; none takes back a purchase of the same ") {
            claims.extend([cleaned.pairs == 0, rest == same]);
            return Some(claims);
        }
        let (pairs, rest) = rest
            .strip_prefix("; ")?
            .split_once(&format!(" back a purchase of the same {same}: "))?;
        let (pairs, word) = pairs.split_once(' ')?;
        claims.push(
            count(pairs)? == cleaned.pairs && word == if cleaned.pairs == 1 { "takes" } else { "take" },
        );
        claims.push(match run.drops("cancelled") {
            true => rest == "both left out as asked",
            false => {
                rest == "both are counted, the purchase as an order and the return against its money; --drop cancelled leaves both out"
            }
        });
        return Some(claims);
    }
    let without = match run.role("product") {
        Some(_) => " of a product that the customer had not bought before: ",
        None => " of a customer who had not bought anything before: ",
    };
    if let Some((front, rest)) = message.split_once(without) {
        let (n, word) = front.split_once(' ')?;
        let right = count(n)? == cleaned.unmatched && word == if n == "1" { "return" } else { "returns" };
        return Some(vec![right, or_drop(rest, "unmatched-returns")]);
    }
    if let Some((front, rest)) = message.split_once(" with returns and no purchase: ") {
        let n = front.split_once(' ').and_then(|(n, _)| count(n))?;
        let told = match run.drops("returns-only") {
            true => rest == "left out as asked",
            false if run.drops("unmatched-returns") => rest == "left out with their returns",
            false => {
                let empty = run
                    .written
                    .iter()
                    .filter(|r| r["frequency"] == "0" && r["recency_days"].is_empty());
                rest == "kept with a frequency of 0 and without recency; --drop returns-only leaves them out"
                    && empty.count() >= n
            }
        };
        return Some(vec![n == cleaned.returns_only, told]);
    }
    if let Some(rest) = between(
        message,
        "",
        " no line left after what was asked to be dropped, and no row",
    ) {
        let n = rest.split_once(' ').and_then(|(n, _)| count(n))?;
        return Some(vec![n == cleaned.lost]);
    }
    if let Some(list) = between(
        message,
        "amounts in ",
        " were added up as if they were one currency, as asked",
    ) {
        let named: BTreeSet<String> = list
            .replace('"', "")
            .replace(" and ", ", ")
            .split(", ")
            .map(str::to_owned)
            .collect();
        return Some(vec![
            named == found.currencies,
            run.flag("--mixed-currencies").is_some(),
        ]);
    }
    let zoned = found.counted.iter().filter(|l| l.zoned).count();
    let timed = found.counted.iter().filter(|l| l.second != 0).count();
    Some(match message {
        "times with a zone and times without one stand in one column; those without are taken as they are" => {
            vec![zoned > 0 && zoned < found.counted.len()]
        }
        "no column names the orders, so all lines of a customer on one day are one order; --order names a column" =>
        {
            vec![run.role("order").is_none()]
        }
        "dates have no time of day, so there is no evening_share" => {
            vec![timed == 0, !run.header.iter().any(|h| h == "evening_share")]
        }
        "fewer than one line in ten has a time of day: evening_share stands on few orders" => {
            vec![timed > 0 && 10 * timed < found.counted.len()]
        }
        "no amount is 0 or above, so nobody has a purchase; are amounts of purchases written with a minus?" =>
        {
            vec![cleaned.purchases == 0 && found.counted.iter().all(|l| l.amount < 0.0)]
        }
        _ if message.starts_with("dates assumed to be ") => {
            // Both orders fit every date.
            vec![
                (message.contains("(nothing speaks for the other order)")
                    || message.contains("(the other order would spread them wider)"))
                    && message.ends_with("--day-first yes or --day-first no overrules"),
            ]
        }
        _ => return None,
    })
}

/// Which warnings there have to be.
fn needed(found: &Found, cleaned: &Cleaned, run: &Run) -> usize {
    let several = found.currencies.len() > 1 && run.flag("--mixed-currencies").is_some();
    let timed = found.counted.iter().filter(|l| l.second != 0).count();
    let midnight = found.counted.len() - timed;
    let zoned = found.counted.iter().filter(|l| l.zoned).count();
    let counts = found.counts.keys().filter(|what| **what != "midnight").count();
    let others = [
        timed > 0 && midnight > 0,
        timed > 0 && midnight > 9 * timed,
        timed == 0,
        run.role("order").is_none(),
        cleaned.duplicates > 0,
        cleaned.returns > 0,
        cleaned.unmatched > 0,
        cleaned.returns_only > 0,
        cleaned.lost > 0,
        cleaned.purchases == 0,
        several,
        found.no_currency.0 > 0 && !found.currencies.is_empty(),
        zoned > 0 && zoned < found.counted.len(),
        run.stderr.contains("look like postage"),
        run.stderr.contains("dates assumed to be"),
    ];
    counts + others.into_iter().filter(|o| *o).count()
}

fn check(path: &Path, flags: &[&str], excluded: Excluded<'_>) -> Ledger {
    let folder = tempfile::tempdir().expect("a folder");
    let file = path.display().to_string();
    let done = world::kinfolk(
        folder.path(),
        &[&["features", &file, "-o", "out.csv"], flags].concat(),
    );
    let stderr = String::from_utf8(done.stderr).expect("UTF-8");
    assert!(done.status.success(), "{file}: {stderr}");
    let mut reader = csv::Reader::from_path(folder.path().join("out.csv")).expect("written");
    let header = header_of(&mut reader);
    let written: Vec<HashMap<String, String>> =
        reader.deserialize().map(|row| row.expect("good CSV")).collect();
    let table = |from: &str, to: &str| -> Vec<(String, String)> {
        let text = stderr
            .split(from)
            .nth(1)
            .expect("a table")
            .split(to)
            .next()
            .expect("its end");
        let cells = |l: &str| {
            let (name, rest) = l.trim().split_once("  ").unwrap_or((l.trim(), ""));
            (name.to_owned(), rest.trim().to_owned())
        };
        text.lines()
            .skip(1)
            .filter(|l| !l.trim().is_empty())
            .map(cells)
            .collect()
    };
    let run = Run {
        roles: table(" what ", "Looking back from").into_iter().collect(),
        flags: flags.iter().map(|f| (*f).to_owned()).collect(),
        header,
        written,
        stderr: stderr.clone(),
    };
    let found = read_again(path, &run, excluded);
    let mut cleaned = clean(&run, &found.counted);
    let customers: BTreeSet<&str> = found.counted.iter().map(|l| l.customer.as_str()).collect();
    cleaned.lost = customers.len() - run.written.len();

    let mut ledger = Ledger::default();
    let first = stderr.lines().next().expect("said");
    let days: Vec<i64> = found.counted.iter().map(|l| l.day).collect();
    let (from, to) = (
        days.iter().min().expect("lines"),
        days.iter().max().expect("lines"),
    );
    let plural = |n: usize, word: &str| format!("{} {word}{}", grouped(n), if n == 1 { "" } else { "s" });
    ledger.claim(
        first.contains(&format!(
            ": {}, {}, {} to {} (",
            plural(found.lines as usize, "line"),
            plural(run.written.len(), "customer"),
            world::day(*from as f64),
            world::day(*to as f64)
        )),
        first,
    );
    let back = run
        .flag("--as-of")
        .map_or_else(|| world::day(*to as f64 + 1.0), str::to_owned);
    ledger.claim(
        stderr.contains(&format!("Looking back from {back}:")),
        "looking back",
    );
    let named: Vec<String> = table(" feature ", "\n\n").into_iter().map(|f| f.0).collect();
    ledger.claim(
        named == run.header[1..],
        "a word for each feature, in the order of the file",
    );
    ledger.claim(
        stderr.contains(&format!(
            "\n{}, {}: out.csv\nNext: kinfolk segment out.csv\n",
            plural(run.written.len(), "customer"),
            plural(run.header.len() - 1, "feature")
        )),
        "how many customers and features",
    );
    let warnings: Vec<&str> = stderr
        .lines()
        .filter_map(|l| l.strip_prefix("warning: "))
        .collect();
    for message in &warnings {
        match understood(&run, &found, &cleaned, message) {
            Some(claims) => claims.into_iter().for_each(|c| ledger.claim(c, message)),
            None => ledger.not_understood(message),
        }
    }
    let needed = needed(&found, &cleaned, &run);
    ledger.claim(
        warnings.len() == needed,
        &format!(
            "{} warnings, {needed} needed:\n{}",
            warnings.len(),
            warnings.join("\n")
        ),
    );
    ledger
}

fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let cut = |(i, c): (usize, char)| match (digits.len() - i) % 3 {
        0 if i > 0 => vec![',', c],
        _ => vec![c],
    };
    digits.chars().enumerate().flat_map(cut).collect()
}

/// Twenty lines with every trap of one kind or another.
const TRAPS: &str = "customer_id,order_id,date,quantity,unit_price,product,currency
a,1,2024-01-06T10:00:00Z,2,5.00,shoe,EUR
a,1,2024-01-06T10:00:00Z,2,5.00,shoe,EUR
a,2,2024-01-16T19:30:00+02:00,1,10.00,pan,
a,C3,2024-01-17T09:00:00Z,-2,5.00,shoe,EUR
a,C4,2024-01-18T09:00:00Z,-1,3.00,hat,EUR
,5,2024-01-18T09:00:00Z,1,3.00,hat,EUR
b,5,,1,3.00,hat,EUR
b,6,2024-02-18 00:00:00,1,3.00,POST,EUR
b,7,2024-02-18 11:00:00,1,0.00,hat,EUR
b,8,2024-02-19T11:00:00Z,,3.00,hat,EUR
b,,2024-02-19T11:00:00Z,1,3.00,hat,EUR
c,9,2024-02-20T11:00:00Z,-1,3.00,hat,EUR
d,A1,2024-02-20T11:00:00Z,1,-30.00,B,EUR
d,10,2024-06-20T11:00:00Z,1,30.00,hat,EUR
e,11,2024-02-22T00:00:00-05:00,1,30.00,hat,USD
e,12,2024-06-22T11:00:00Z,1,0.00,POST,USD
";

#[test]
fn every_claim_about_purchases_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing: Excluded<'_> = &|_| false;
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let traps = write("traps.csv", TRAPS);
    let back = write(
        "back.csv",
        "customer,date,amount\na,2024-01-05,-3\nb,2024-01-05,-4\nb,2024-01-07,-4\n",
    );
    let plain = write(
        "plain.csv",
        "customer,date,amount\na,01/05/2024,$3\nb,02/05/2024,$-4\nb,01/02/2024,4\n",
    );
    let mut cases: Vec<(PathBuf, Vec<&str>, Excluded<'_>)> = vec![
        (traps.clone(), vec!["--mixed-currencies"], nothing),
        (traps.clone(), vec!["--only-currency", "EUR"], nothing),
        (
            traps.clone(),
            vec!["--only-currency", "USD", "--drop", "zero-amounts"],
            nothing,
        ),
        (
            traps.clone(),
            vec![
                "--mixed-currencies",
                "--drop",
                "duplicates,zero-amounts,negative-prices,cancelled,unmatched-returns,returns-only",
                "--as-of",
                "2024-06-01",
            ],
            nothing,
        ),
        (
            traps,
            vec!["--mixed-currencies", "--exclude-products", "post,h*"],
            &|p| p == "POST" || p == "hat",
        ),
        (back, vec![], nothing),
        (plain, vec![], nothing),
    ];
    for (name, flags) in [
        ("few", &["--customers", "300"][..]),
        (
            "many",
            &[
                "--customers",
                "2000",
                "--segments",
                "8",
                "--seed",
                "3",
                "--lines-per-order",
                "4",
            ],
        ),
        (
            "single",
            &["--customers", "500", "--seed", "9", "--lines-per-order", "1"],
        ),
    ] {
        let path = folder.path().join(format!("{name}.csv"));
        let file = path.display().to_string();
        let done = world::kinfolk(
            folder.path(),
            &[&["generate", "--transactions", "-o", &file], flags].concat(),
        );
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        cases.push((path.clone(), vec!["--window", "90d"], nothing));
        cases.push((
            path,
            vec!["--drop", "cancelled", "--as-of", "2025-06-01"],
            nothing,
        ));
    }
    let goods = "POST,DOT,M,D,C2,BANK CHARGES,CRUK,PADS";
    let fees: Excluded<'_> = &|p| goods.split(',').any(|g| g.eq_ignore_ascii_case(p));
    for (name, flags, excluded) in [
        ("online_retail.csv.gz", vec![], nothing),
        (
            "online_retail.csv.gz",
            vec![
                "--exclude-products",
                goods,
                "--drop",
                "duplicates,returns-only,zero-amounts",
            ],
            fees,
        ),
        (
            "online_retail.csv.gz",
            vec!["--as-of", "2011-06-01", "--drop", "unmatched-returns"],
            nothing,
        ),
        ("completejourney_transactions_sample.csv.gz", vec![], nothing),
        (
            "completejourney_transactions_sample.csv.gz",
            vec!["--drop", "zero-amounts"],
            nothing,
        ),
        ("retail_data_transactions.csv.gz", vec![], nothing),
    ] {
        cases.extend(real_data(&format!("transactions/{name}")).map(|path| (path, flags, excluded)));
    }
    let (mut checked, mut wrong) = (0, Vec::new());
    for (path, flags, excluded) in &cases {
        let ledger = check(path, flags, *excluded);
        checked += ledger.checked;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        wrong.extend(
            ledger
                .wrong
                .iter()
                .map(|w| format!("{name} {}: {w}", flags.join(" "))),
        );
    }
    println!("{checked} claims about purchases");
    assert!(
        wrong.is_empty(),
        "{} of {checked} claims:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(checked >= 150, "only {checked} claims were found to check");
}
