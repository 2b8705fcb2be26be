//! Customer tables as spreadsheets, databases and shops export them.

use crate::support::{real_data, real_text};
use kinfolk::read::{parse_table, read_table};
use kinfolk::table::{Column, ColumnType, MISSING, Role, Table, TableSettings, TypeChoice, Values};
use kinfolk::{Error, ErrorKind};
use proptest::prelude::*;
use std::io::Write;

fn automatic() -> TableSettings {
    TableSettings::default()
}

fn read(text: &str) -> Table {
    parse_table("t.csv", text.into(), &automatic()).unwrap_or_else(|e| panic!("{e}"))
}

fn read_as(text: &str, settings: &TableSettings) -> Table {
    parse_table("t.csv", text.into(), settings).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(text: &str) -> Error {
    parse_table("t.csv", text.into(), &automatic()).expect_err("this cannot be read")
}

fn refused_as(text: &str, settings: &TableSettings) -> Error {
    parse_table("t.csv", text.into(), settings).expect_err("this cannot be read")
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    table.column(name).unwrap_or_else(|| panic!("no column {name}"))
}

fn numbers(table: &Table, name: &str) -> Vec<f64> {
    match &column(table, name).values {
        Values::Number(v) => v.clone(),
        other => panic!("{name} holds no numbers but {other:?}"),
    }
}

fn days(table: &Table, name: &str) -> Vec<f64> {
    match &column(table, name).values {
        Values::Date(v) => v.clone(),
        other => panic!("{name} holds no dates but {other:?}"),
    }
}

fn levels(table: &Table, name: &str) -> Vec<String> {
    match &column(table, name).values {
        Values::Category { levels, .. } => levels.clone(),
        other => panic!("{name} holds no categories but {other:?}"),
    }
}

fn kind(table: &Table, name: &str) -> ColumnType {
    column(table, name).column_type()
}

fn warned(table: &Table, code: &str) -> String {
    let found: Vec<&str> = table
        .warnings
        .iter()
        .filter(|w| w.code == code)
        .map(|w| w.message.as_str())
        .collect();
    assert_eq!(found.len(), 1, "warnings {code} among {:?}", table.warnings);
    found[0].to_owned()
}

fn says(table: &Table, phrase: &str) -> bool {
    table.reading.iter().any(|r| r == phrase)
}

// What the bytes are

#[test]
fn the_same_table_in_every_encoding_gives_the_same_values() {
    let text = "Kunde;Größe;Stadt\nä1;1,5;Köln\nä2;2,5;Köln\nä3;3;Zürich\n";
    let utf16 = |little: bool, mark: &str| -> Vec<u8> {
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    };
    for (bytes, phrase) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        (
            format!("\u{FEFF}{text}").into_bytes(),
            "UTF-8 with byte order mark",
        ),
        (utf16(true, "\u{FEFF}"), "UTF-16LE with byte order mark"),
        (utf16(false, "\u{FEFF}"), "UTF-16BE with byte order mark"),
        (utf16(true, ""), "UTF-16LE without byte order mark"),
        (utf16(false, ""), "UTF-16BE without byte order mark"),
        (
            text.chars()
                .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
                .collect(),
            "Windows-1252 (line 1 is not valid UTF-8)",
        ),
    ] {
        let table = parse_table("t.csv", bytes, &automatic()).expect(phrase);
        assert_eq!(table.reading[0], phrase);
        assert_eq!(table.ids, ["ä1", "ä2", "ä3"], "{phrase}");
        assert_eq!(numbers(&table, "Größe"), [1.5, 2.5, 3.0], "{phrase}");
        assert_eq!(levels(&table, "Stadt"), ["Köln", "Zürich"], "{phrase}");
    }
}

#[test]
fn every_line_end_gives_the_same_rows_and_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            "id,x,note",
            "a,1,\"two",
            "lines\"",
            "",
            "b,2,one",
            "c,3,one",
            "d,oops,one",
            "",
        ]
        .join(end);
        let error = refused(&text.replace("d,oops", "\"d\",4,5,6"));
        assert_eq!(error.line(), Some(7), "{end:?}: {error}");
        let table = read(&text.replace("oops", "4"));
        assert_eq!(table.lines, [2, 5, 6, 7], "{end:?}");
        assert_eq!(numbers(&table, "x"), [1.0, 2.0, 3.0, 4.0]);
        assert!(warned(&table, "blank-lines").starts_with("1 line "), "{end:?}");
    }
}

#[test]
fn gzip_is_known_by_its_bytes_even_under_another_name() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"id,x\na,1\nb,2\n").expect("memory");
    let bytes = packed.finish().expect("memory");
    let table = parse_table("plain.csv", bytes.clone(), &automatic()).expect("gzip");
    assert_eq!((table.ids.len(), table.reading[0].as_str()), (2, "gzip"));
    let error =
        parse_table("cut.csv.gz", bytes[..bytes.len() - 6].to_vec(), &automatic()).expect_err("cut off");
    insta::assert_snapshot!(error, @"cut.csv.gz: the gzip file ends too early, after 13 unpacked bytes; it was cut off: copy or download it again");
}

#[test]
fn what_is_no_table_is_named_for_what_it_is() {
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b" \n\r\n ", "is empty"),
        (b"id,x,y\n", "holds a header but no rows"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"PAR1rest", "Parquet"),
        (b"\x28\xB5\x2F\xFDrest", "Zstandard"),
        (b"\x89PNG\r\n", "PNG"),
        (b"\xD0\xCF\x11\xE0rest", "old Excel"),
        (b"a,b\n1,\0\n3,4\n", "zero byte"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"[{\"id\": 1}]", "JSON"),
        (b"one column\nof words\nonly\n", "only one column"),
    ] {
        let error = parse_table("t.csv", bytes.to_vec(), &automatic()).expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.kind(), ErrorKind::Data, "{error}");
    }
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = read_table(folder.path(), &automatic()).expect_err("a folder");
    assert!(error.to_string().contains("it is a folder"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Io);
    std::fs::write(folder.path().join("customers.csv"), "id,x\na,1\n").expect("writable");
    let error = read_table(&folder.path().join("custmers.csv"), &automatic()).expect_err("absent");
    assert!(
        error.to_string().ends_with("did you mean \"customers.csv\"?"),
        "{error}"
    );
    assert_eq!(
        read_table(&folder.path().join("customers.csv"), &automatic())
            .expect("there")
            .source,
        "customers.csv"
    );
}

#[test]
fn an_encoding_can_be_named_and_must_exist() {
    let named = |name: &str| TableSettings {
        encoding: Some(name.to_owned()),
        ..automatic()
    };
    let table =
        parse_table("t.csv", b"id,city\na,\xB1\nb,x\n".to_vec(), &named("iso-8859-2")).expect("Latin-2");
    assert_eq!(levels(&table, "city"), ["x", "ą"]);
    let error = refused_as("id,x\na,1\n", &named("utf-9"));
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(
        error.to_string().starts_with("\"utf-9\" is not an encoding"),
        "{error}"
    );
}

// Separators, quotes, header

#[test]
fn each_separator_is_found() {
    for (separator, name) in [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")] {
        let text = "id,age,income\na,20,1.5\nb,30,2.5\n".replace(',', separator);
        let table = read(&text);
        assert!(says(&table, &format!("separator {name}")), "{:?}", table.reading);
        assert_eq!(numbers(&table, "income"), [1.5, 2.5]);
    }
    let settings = TableSettings {
        separator: Some(':'),
        ..automatic()
    };
    assert_eq!(numbers(&read_as("id:x\na:1\nb:2\n", &settings), "x"), [1.0, 2.0]);
}

#[test]
fn a_sep_line_of_excel_is_obeyed() {
    let table = read("sep=;\r\nid;x\r\na;1,5\r\nb;2,5\r\n");
    assert_eq!(numbers(&table, "x"), [1.5, 2.5]);
    assert!(says(&table, "separator ; from the line sep="));
    assert_eq!(table.lines, [3, 4]);
}

#[test]
fn title_lines_are_skipped_with_a_warning() {
    let table = read("Customer report\nexported 2024-05-01\n\nid,age,income\na,20,1\nb,30,2\n");
    assert!(
        says(&table, "header on line 4, 2 title lines above skipped"),
        "{:?}",
        table.reading
    );
    assert_eq!(
        warned(&table, "title-lines"),
        "2 lines above the header on line 4 skipped, beginning with \"Customer report\""
    );
    assert_eq!(table.lines, [5, 6]);
}

#[test]
fn a_second_header_row_is_left_out_with_a_warning() {
    let table = read("id,age,income\n,years,EUR\na,20,1\nb,30,2\nc,40,3\n");
    assert_eq!(numbers(&table, "income"), [1.0, 2.0, 3.0]);
    assert_eq!(table.lines, [3, 4, 5]);
    assert!(
        warned(&table, "two-header-rows").contains("line 2 looks like a second header row (\"years EUR\")")
    );
}

#[test]
fn a_table_without_header_gets_names_and_a_warning() {
    let table = read("C1,2.5,10\nC2,3.5,20\nC3,4.5,30\n");
    assert_eq!(numbers(&table, "column_2"), [2.5, 3.5, 4.5]);
    assert!(warned(&table, "no-header").starts_with("line 1 looks like a row"));
}

#[test]
fn repeated_and_blank_names_become_unique_with_warnings() {
    let table = read("id,x,x,,x_2\na,1,2,3,4\nb,5,6,7,8\n");
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "x", "x_3", "column_4", "x_2"]);
    warned(&table, "repeated-column-names");
    warned(&table, "blank-column-names");
}

#[test]
fn separators_at_the_end_of_lines_leave_no_column_behind() {
    for text in [
        "id,x,\na,1,\nb,2,\n",
        "id,x\na,1,\nb,2,\n",
        "id,x,,,\na,1,,,\nb,2,,,\n",
    ] {
        let table = read(text);
        assert_eq!(table.columns.len(), 2, "{text:?}");
        assert!(table.warnings.is_empty(), "{text:?}: {:?}", table.warnings);
    }
}

#[test]
fn blank_lines_are_skipped_and_counted() {
    let table = read("id,x\n\na,1\n\n ,  \nb,2\n\n");
    assert_eq!(table.ids, ["a", "b"]);
    assert_eq!(table.lines, [3, 6]);
    assert_eq!(warned(&table, "blank-lines"), "3 lines without any value skipped");
}

#[test]
fn rows_of_another_length_are_refused_with_line_and_counts() {
    insta::assert_snapshot!(refused("id,x,y\na,1,2\nb,3\nc,5,6\n"), @"t.csv line 3: 2 cells found where the header on line 1 has 3; is a line break or a separator missing there? lines that do not belong to the table, such as totals, must go");
    insta::assert_snapshot!(refused("id,x,y\na,1,2\nb,3,5,6\nc,5,6\n"), @"t.csv line 3: 4 cells found where the header on line 1 has 3; put quotes around cells that hold a comma, such as numbers with a decimal comma, or set `separator`");
}

#[test]
fn rows_short_of_empty_cells_are_accepted_with_a_count() {
    let table = read("id,x,y\na,1,\nb,3\nc,5,6\nd,7\n");
    assert_eq!(column(&table, "y").missing, 3);
    assert_eq!(
        warned(&table, "short-rows"),
        "2 rows have fewer cells than the header has names (line 3: 2 instead of 3); the cells at the end were taken as empty"
    );
    let table = read("id,x\na,1\nb,2,,\nc,3\n");
    assert!(warned(&table, "long-rows").starts_with("1 row has empty cells beyond"));
}

#[test]
fn an_open_quote_is_named_by_its_line() {
    insta::assert_snapshot!(refused("id,x\na,1\n\"b,2\nc,3\n"), @r#"t.csv line 3: the quote " that opens here is not closed until the end of the file; close it, or write it twice where it belongs to the text"#);
}

#[test]
fn quotes_keep_separators_line_breaks_and_quotes() {
    let table = read("id,note,x\n\"a,1\",\"say \"\"hi\"\"\",1\n\"b\n2\",5\" pipe,2\n");
    assert_eq!(table.ids, ["a,1", "b 2"]);
    assert_eq!(table.lines, [2, 3]);
    assert_eq!(levels(&table, "note"), ["5\" pipe", "say \"hi\""]);
    assert!(warned(&table, "cleaned-ids").contains("line 3"));
    let table = read("'id','x'\n'a, b','1'\n'c','2'\n");
    assert_eq!(table.ids, ["a, b", "c"]);
}

#[test]
fn a_separator_that_leaves_one_column_is_refused() {
    let settings = TableSettings {
        separator: Some(';'),
        ..automatic()
    };
    insta::assert_snapshot!(refused_as("id,x\na,1\nb,2\n", &settings), @"t.csv: only one column found with the separator ;; with the separator , there are several: leave `separator` out or set it");
    let one = read_as("x\n1\n2\n3\n", &settings);
    assert_eq!(numbers(&one, "x"), [1.0, 2.0, 3.0]);
}

// Numbers

#[test]
fn numbers_are_read_in_the_convention_of_their_column() {
    for (cells, expected) in [
        (["1,234.5", "12", "0.5"], [1234.5, 12.0, 0.5]),
        (["1.234,5", "12", "0,5"], [1234.5, 12.0, 0.5]),
        (["1 234,5", "12", "0,5"], [1234.5, 12.0, 0.5]),
        (["1\u{A0}234,5", "12", "0,5"], [1234.5, 12.0, 0.5]),
        (["1\u{202F}234,5", "12", "0,5"], [1234.5, 12.0, 0.5]),
        (["1'234.5", "12", "0.5"], [1234.5, 12.0, 0.5]),
        (["$1,200.50", "$ 12", "-$0.50"], [1200.5, 12.0, -0.5]),
        (["1.200,50 €", "12 €", "-0,50 €"], [1200.5, 12.0, -0.5]),
        (["EUR 1200.5", "EUR 12", "EUR -0.5"], [1200.5, 12.0, -0.5]),
        (["12 %", "0.5%", "100 %"], [12.0, 0.5, 100.0]),
        (["(5.00)", "12", "0.5"], [-5.0, 12.0, 0.5]),
        (["5.00-", "12", "+0.5"], [-5.0, 12.0, 0.5]),
        (["−5", "1e3", "1.5E-1"], [-5.0, 1000.0, 0.15]),
        (["1e308", "-1e308", "4.9e-324"], [1e308, -1e308, 4.9e-324]),
        (["1,234,567", "12", "2"], [1_234_567.0, 12.0, 2.0]),
    ] {
        let text = format!("id\tx\na\t{}\nb\t{}\nc\t{}\n", cells[0], cells[1], cells[2]);
        assert_eq!(numbers(&read(&text), "x"), expected, "{cells:?}");
    }
}

#[test]
fn a_doubtful_comma_follows_the_rest_of_the_file_and_says_so() {
    let german = read("id;a;b\nx;1,234;0,5\ny;5,678;1,5\n");
    assert_eq!(numbers(&german, "a"), [1.234, 5.678]);
    assert!(says(&german, "decimal comma"));
    let english = read("id\ta\tb\nx\t1,234\t0.5\ny\t5,678\t1.5\n");
    assert_eq!(numbers(&english, "a"), [1234.0, 5678.0]);
    assert_eq!(
        column(&english, "a").note,
        "\"1,234\" read as 1234 (as in other columns)"
    );
    let unknown = read("id\ta\nx\t1,234\ny\t5,678\n");
    assert_eq!(numbers(&unknown, "a"), [1234.0, 5678.0]);
    assert!(warned(&unknown, "ambiguous-decimal").contains("set `decimal`"));
    let asked = TableSettings {
        decimal: Some(','),
        ..automatic()
    };
    assert_eq!(
        numbers(&read_as("id\ta\nx\t1,234\ny\t5,678\n", &asked), "a"),
        [1.234, 5.678]
    );
}

#[test]
fn one_value_that_is_no_number_is_refused_with_its_place() {
    let mut text = "id,age\n".to_owned();
    (1..=20).for_each(|i| text += &format!("c{i},{}\n", 20 + i));
    text = text.replace("c7,27", "c7,27 years");
    insta::assert_snapshot!(refused(&text), @r#"t.csv line 8, column "age": "27 years" is not a number, unlike the other 19 values; if "27 years" means no value, set `missing` "27 years"; `types` age=category takes the column as names, `types` age=ignore leaves it out"#);
    let text = text.replace("27 years", "\"27,5\"").replace("c8,28", "c8,28.5");
    insta::assert_snapshot!(refused(&text), @r#"t.csv line 8, column "age": "27,5" is not a number, unlike the other 19 values; if the comma is decimal, set `decimal` ,; if "27,5" means no value, set `missing` "27,5"; `types` age=category takes the column as names, `types` age=ignore leaves it out"#);
}

#[test]
fn several_values_that_are_no_numbers_are_counted() {
    let text = |one: &str, two: &str| {
        let numbers: Vec<String> = (0..20).map(|i| format!("c{i},{i}.5\n")).collect();
        format!("id,x\na,{one}\nb,{two}\n{}", numbers.concat())
    };
    insta::assert_snapshot!(refused(&text("few", "many")), @r#"t.csv line 2, column "x": "few" is not a number; 1 other is none either, 20 values are; `types` x=category takes the column as names, `types` x=ignore leaves it out"#);
    insta::assert_snapshot!(refused(&text("few", "few")), @r#"t.csv line 2, column "x": "few" is not a number (2 times; 20 values are numbers); if "few" means no value, set `missing` "few"; `types` x=category takes the column as names, `types` x=ignore leaves it out"#);
}

#[test]
fn infinite_values_are_refused_and_nan_is_missing() {
    for word in ["inf", "-Infinity", "1e999", "∞"] {
        let error = refused(&format!("id,x,y\na,1,2\nb,{word},3\nc,2,3\n"));
        assert_eq!(error.line(), Some(3), "{word}: {error}");
        assert!(error.to_string().contains("is not a finite number"), "{error}");
        let settings = TableSettings {
            missing: vec![word.to_owned()],
            ..automatic()
        };
        assert_eq!(
            column(
                &read_as(&format!("id,x,y\na,1,2\nb,{word},3\nc,2,3\n"), &settings),
                "x"
            )
            .missing,
            1
        );
    }
    assert_eq!(column(&read("id,x\na,1\nb,nan\nc,-nan\n"), "x").missing, 2);
}

#[test]
fn numbers_may_stand_for_missing_values_where_a_person_says_so() {
    let settings = TableSettings {
        missing: vec!["-999".to_owned()],
        ..automatic()
    };
    let table = read_as("id,x\na,1\nb,-999\nc,3\n", &settings);
    assert_eq!(
        (column(&table, "x").missing, kind(&table, "x")),
        (1, ColumnType::Number)
    );
    assert_eq!(column(&table, "x").note, "taken as missing: \"-999\" (1)");
}

#[test]
fn different_currencies_are_warned_about() {
    let table = read("id;x\na;EUR 5\nb;USD 6\nc;7\n");
    assert_eq!(numbers(&table, "x"), [5.0, 6.0, 7.0]);
    assert!(warned(&table, "mixed-currencies").ends_with("\"EUR\" (1), \"USD\" (1)"));
}

#[test]
fn minus_zero_is_zero() {
    assert_eq!(numbers(&read("id,x\na,-0\nb,1\nc,2\n"), "x")[0].to_bits(), 0);
}

#[test]
fn a_doubtful_point_is_decimal_with_a_warning_where_semicolons_suggest_otherwise() {
    let table = read("id;x\na;1.234\nb;5.678\n");
    assert_eq!(numbers(&table, "x"), [1.234, 5.678]);
    assert!(warned(&table, "ambiguous-decimal").contains("\"1.234\" were read as 1.234"));
    assert_eq!(read("id,x\na,1.234\nb,5.678\n").warnings, []);
    assert_eq!(
        numbers(&read("id;x;y\na;1.234;0,5\nb;5.678;1,5\n"), "x"),
        [1234.0, 5678.0]
    );
}

// Missing values

#[test]
fn the_usual_words_are_missing_and_reported_by_column() {
    for word in [
        "", "  ", "NA", "N/A", "n/a", "#N/A", "NaN", "null", "NULL", "None", "nil", "-", "--", "?", ".",
        "missing", "unknown",
    ] {
        let table = read(&format!("id,x,y\na,1,1\nb,{word},2\nc,3,3\n"));
        let x = column(&table, "x");
        assert_eq!((x.column_type(), x.missing), (ColumnType::Number, 1), "{word:?}");
        if !word.trim().is_empty() {
            assert_eq!(x.note.as_str(), format!("taken as missing: \"{word}\" (1)"));
        }
    }
}

#[test]
fn none_and_unknown_are_answers_among_names() {
    let table = read("id,plan\na,None\nb,Gold\nc,Gold\nd,None\ne,NA\nf,Gold\n");
    assert_eq!(levels(&table, "plan"), ["Gold", "None"]);
    assert_eq!(column(&table, "plan").missing, 1);
    assert_eq!(
        column(&table, "plan").note,
        "kept as categories: \"None\" (2); taken as missing: \"NA\" (1)"
    );
}

#[test]
fn a_column_without_values_is_kept_out() {
    let table = read("id,x,empty\na,1,\nb,2,NA\nc,3,\n");
    let empty = column(&table, "empty");
    assert_eq!((empty.role, empty.missing), (Role::Ignored, 3));
    assert_eq!(empty.note, "no row has a value; taken as missing: \"NA\" (1)");
}

// Identifiers

#[test]
fn identifiers_are_found_by_name_or_as_the_first_column_of_codes() {
    for (text, name) in [
        ("id,x\n3,1\n7,2\n", "id"),
        ("x,customerid\n1,9\n2,4\n", "customerid"),
        ("x,CUST_ID\n1,9\n2,4\n", "CUST_ID"),
        ("Kunden-Nr,x\n0815,1\n4711,2\n", "Kunden-Nr"),
        ("x,email\n1,a@b.c\n2,d@e.f\n", "email"),
        ("x,account no\n1,77\n2,88\n", "account no"),
        ("uuid,x\n6f1c-a,1\n6f1c-b,2\n", "uuid"),
        ("cell,x\nAAA-1,1\nAAC-1,2\nAAG-1,5\n", "cell"),
        (",x,y\n1,5,6\n2,7,9\n3,9,9\n", "column_1"),
        ("store_id,customer_id,x\n1,5,6\n2,7,9\n3,9,9\n", "customer_id"),
        // Equally good names: the same one wherever they stand.
        ("customer_id,CUST_ID,x\na1,c5,6\na2,c7,9\n", "CUST_ID"),
        ("CUST_ID,customer_id,x\nc5,a1,6\nc7,a2,9\n", "CUST_ID"),
    ] {
        let table = read(text);
        let found: Vec<&str> = table
            .columns
            .iter()
            .filter(|c| c.role == Role::Id)
            .map(|c| c.name.as_str())
            .collect();
        assert_eq!(found, [name], "{text:?}");
        assert!(
            says(&table, &format!("customers named by column {name}")),
            "{:?}",
            table.reading
        );
    }
    assert_eq!(read("Kunden-Nr,x\n0815,1\n4711,2\n").ids, ["0815", "4711"]);
}

#[test]
fn measurements_that_differ_in_every_row_name_nobody() {
    for text in [
        "income,age\n1234.5,20\n5.5,30\n77.25,40\n",
        "income,age\n1234,20\n55,30\n7725,40\n",
        "id,age\n1.5,20\n2.25,30\n3.5,40\n",
    ] {
        let table = read(text);
        assert_eq!(table.ids, ["1", "2", "3"], "{text:?}");
        assert!(says(&table, "no column names the customers: rows are numbered"));
        assert!(table.columns.iter().all(|c| c.role == Role::Feature), "{text:?}");
    }
}

#[test]
fn the_point_zero_of_other_programs_is_removed_from_identifiers() {
    let table = read("CustomerID,x\n17850.0,1\n13047.0,2\n");
    assert_eq!(table.ids, ["17850", "13047"]);
    assert_eq!(column(&table, "CustomerID").note, "\".0\" at the end removed");
    assert_eq!(read("id,x\n17850.0,1\nA7,2\n").ids, ["17850.0", "A7"]);
}

#[test]
fn repeated_identifiers_are_told_apart_and_repeated_rows_left_out() {
    let table = read("id,x\na,1\nb,2\na,3\na,1\nc,4\nd,5\na,6\n e ,7\nf,8\ng,9\nh,10\ni,11\n");
    assert_eq!(
        table.ids,
        ["a", "b", "a#2", "c", "d", "a#3", "e", "f", "g", "h", "i"]
    );
    assert_eq!(
        numbers(&table, "x"),
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    );
    assert!(warned(&table, "duplicate-rows").ends_with("(line 5)"));
    assert!(warned(&table, "duplicate-ids").ends_with("(lines 4, 8)"));
}

#[test]
fn made_up_identifiers_never_meet_written_ones() {
    let table = read("id,x\na,1\na,2\na#2,3\n,4\nrow-4,5\nb,6\nc,7\nd,8\ne,9\nf,10\ng,11\n");
    let first: Vec<&str> = table.ids.iter().take(5).collect();
    assert_eq!(first, ["a", "a#3", "a#2", "row-4#2", "row-4"]);
    let mut sorted: Vec<&str> = table.ids.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), table.ids.len());
    assert!(warned(&table, "empty-ids").ends_with("(line 5)"));
}

#[test]
fn without_identifier_equal_rows_are_different_customers() {
    let table = read("age,income\n20,5\n20,5\n30,6\n");
    assert_eq!(table.ids, ["1", "2", "3"]);
}

#[test]
fn purchases_are_not_taken_for_customers() {
    let mut text = "customer_id,amount\n".to_owned();
    (0..40).for_each(|i| text += &format!("c{},{}.5\n", i % 8, i));
    let table = read(&text);
    assert_eq!(&table.ids[39], "40");
    assert!(warned(&table, "repeated-ids").contains("8 different values in 40 rows"));
}

#[test]
fn a_column_that_is_only_called_like_a_customer_is_no_identifier_unless_it_differs_in_every_row() {
    let table = read("member,card,x\nyes,Visa,1\nno,Visa,2\nyes,Amex,3\n");
    assert_eq!(table.ids, ["1", "2", "3"]);
    assert_eq!(table.warnings, []);
    assert_eq!(levels(&table, "member"), ["no", "yes"]);
    assert_eq!(
        read("customer,x\nAnn Lee,1\nBob Ray,2\n").ids,
        ["Ann Lee", "Bob Ray"]
    );
}

#[test]
fn whole_numbers_that_r_writes_with_an_exponent_are_whole() {
    let table = read("product_id,x\n99999,1\n1e+05,2\n100001,3\n");
    assert_eq!(table.ids, ["99999", "1e+05", "100001"]);
}

#[test]
fn an_identifier_can_be_named() {
    let settings = TableSettings {
        id: Some("name".to_owned()),
        ..automatic()
    };
    let table = read_as("id,name,x\n1,Ann Lee,5\n2,Bob Ray,6\n3,Cy Fox,7\n", &settings);
    assert_eq!(table.ids, ["Ann Lee", "Bob Ray", "Cy Fox"]);
    assert_eq!(column(&table, "name").role, Role::Id);
}

#[test]
fn names_and_notes_are_kept_but_not_compared() {
    let mut text = "id,name,x\n".to_owned();
    (0..20).for_each(|i| text += &format!("c{i},Customer {i},{}\n", i % 3));
    let table = read(&text);
    let name = column(&table, "name");
    assert_eq!((name.role, name.column_type()), (Role::Ignored, ColumnType::Text));
    assert_eq!(name.note, "text that is different in every row");
}

// Categories and codes

#[test]
fn flags_and_codes_are_categories_and_counts_are_numbers() {
    let mut text = "id,Region,SeniorCitizen,kids,zip,Month,tenure,Channel,plz,state_code\n".to_owned();
    for i in 0..30 {
        text += &format!(
            "c{i},{},{},{},{},{},{},{},{:05},{}\n",
            i % 4 + 1,
            i % 2,
            i % 5,
            10_000 + 371 * (i % 10),
            i % 12 + 1,
            i % 7 + 6,
            i % 2 + 1,
            371 * (i % 9),
            i % 3
        );
    }
    let table = read(&text);
    for (name, expected, note) in [
        (
            "Region",
            ColumnType::Category,
            "assumed a code, not an amount; `types` Region=number to change",
        ),
        ("SeniorCitizen", ColumnType::Category, "0/1 flag"),
        ("kids", ColumnType::Number, ""),
        (
            "zip",
            ColumnType::Category,
            "assumed a code, not an amount; `types` zip=number to change",
        ),
        (
            "Month",
            ColumnType::Category,
            "assumed a code, not an amount; `types` Month=number to change",
        ),
        ("tenure", ColumnType::Number, ""),
        (
            "Channel",
            ColumnType::Category,
            "assumed a code, not an amount; `types` Channel=number to change",
        ),
        ("plz", ColumnType::Category, "leading zeros, so a code"),
        (
            "state_code",
            ColumnType::Category,
            "assumed a code, not an amount; `types` state_code=number to change",
        ),
    ] {
        let column = column(&table, name);
        assert_eq!(
            (column.column_type(), column.note.as_str()),
            (expected, note),
            "{name}"
        );
    }
    assert_eq!(levels(&table, "plz")[0], "00000");
}

#[test]
fn words_for_true_and_false_are_categories() {
    let table = read("id,a,b,c\nx,TRUE,yes,M\ny,FALSE,no,F\nz,TRUE,no,M\n");
    assert_eq!(levels(&table, "a"), ["FALSE", "TRUE"]);
    assert_eq!(levels(&table, "b"), ["no", "yes"]);
    assert_eq!(kind(&table, "c"), ColumnType::Category);
}

#[test]
fn ranges_among_small_numbers_make_categories() {
    let mut text = "id,kids\n".to_owned();
    (0..30).for_each(|i| text += &format!("c{i},{}\n", ["0", "1", "2", "1", "0", "3+"][i % 6]));
    let table = read(&text);
    assert_eq!(levels(&table, "kids"), ["0", "1", "2", "3+"]);
    assert_eq!(
        column(&table, "kids").note,
        "some values are ranges such as \"3+\", so all are categories"
    );
}

#[test]
fn many_different_texts_are_no_categories() {
    let mut text = "id,city\n".to_owned();
    (0..200).for_each(|i| text += &format!("c{i},City {}\n", i % 90));
    let table = read(&text);
    assert_eq!(column(&table, "city").role, Role::Ignored);
    assert_eq!(
        column(&table, "city").note,
        "text with 90 different values; `types` city=category to use it"
    );
    let settings = TableSettings {
        types: vec![("city".to_owned(), TypeChoice::Category)],
        ..automatic()
    };
    assert_eq!(levels(&read_as(&text, &settings), "city").len(), 90);
}

#[test]
fn long_numbers_are_codes() {
    let mut text = "id,card,ean\n".to_owned();
    (0..80_u64).for_each(|i| {
        text += &format!(
            "c{i},{},{}\n",
            4_000_123_412_341_234 + 977 * i,
            4_006_381_333_931 + i
        )
    });
    let table = read(&text);
    for name in ["card", "ean"] {
        assert_eq!(
            (column(&table, name).role, kind(&table, name)),
            (Role::Ignored, ColumnType::Text),
            "{name}"
        );
    }
}

#[test]
fn levels_that_differ_by_case_are_kept_and_warned_about() {
    let table = read("id,sex\na,Male\nb,male\nc,Female\nd,Male\ne,male\nf,Male\n");
    assert_eq!(levels(&table, "sex"), ["Female", "Male", "male"]);
    assert!(warned(&table, "levels-differ-by-case").ends_with("\"Male\", \"male\""));
}

#[test]
fn formulas_are_data() {
    let table = read("id,note\na,=cmd|' /C calc'!A0\nb,=1+1\nc,=1+1\nd,x\ne,x\nf,x\n");
    assert_eq!(levels(&table, "note"), ["=1+1", "=cmd|' /C calc'!A0", "x"]);
}

// Dates

#[test]
fn dates_are_read_in_every_form() {
    // 2024-03-31 and 2024-01-15 are the days 19813 and 19737.
    for (a, b, note) in [
        ("2024-03-31", "2024-01-15", ""),
        ("2024-03-31T12:00:00", "2024-01-15T00:00:00", ""),
        (
            "2024-03-31T12:00:00Z",
            "2024-01-15T02:00:00+02:00",
            "times with a zone taken as UTC",
        ),
        (
            "31/03/2024",
            "15/01/2024",
            "dates day/month/year (2 have a first number above 12)",
        ),
        (
            "03/31/2024",
            "1/15/2024",
            "dates month/day/year (2 have a second number above 12)",
        ),
        (
            "31.03.2024",
            "15.1.2024",
            "dates day/month/year (2 have a first number above 12)",
        ),
        ("2024/03/31", "2024/1/15", ""),
        (
            "31.03.24",
            "15.01.24",
            "dates day/month/year (2 have a first number above 12); years of two digits taken as 1969 to 2068",
        ),
        ("31 Mar 2024", "15 January 2024", ""),
        ("Mar 31, 2024", "Jan 15, 2024", ""),
        ("20240331", "20240115", ""),
    ] {
        let table = read(&format!("id;signup_date\nx;{a}\ny;{b}\nz;\n"));
        let found = days(&table, "signup_date");
        assert_eq!((found[0].floor(), found[1]), (19_813.0, 19_737.0), "{a}");
        assert!(found[2].is_nan());
        assert_eq!(column(&table, "signup_date").note, note, "{a}");
    }
}

#[test]
fn digits_are_dates_only_where_the_name_says_so() {
    assert_eq!(
        kind(&read("id,volume\na,20240331\nb,20240115\n"), "volume"),
        ColumnType::Number
    );
    assert_eq!(
        kind(&read("id,date\na,20240331\nb,20249915\n"), "date"),
        ColumnType::Number
    );
}

#[test]
fn an_order_that_nothing_proves_is_a_warned_guess() {
    let table = read("id,day\na,01/02/2024\nb,01/03/2024\nc,01/07/2024\n");
    assert_eq!(
        warned(&table, "ambiguous-dates"),
        "column \"day\": dates assumed to be day/month/year (they would all be the first of a month); if that is wrong, write the dates as 2024-01-31"
    );
    let other = read("id,day,until\na,01/02/2024,31/12/2024\nb,04/03/2024,30/12/2024\n");
    assert_eq!(days(&other, "day"), [19_754.0, 19_786.0]);
}

#[test]
fn dates_that_do_not_exist_are_missing_with_a_warning() {
    let table = read(
        "id,day\na,2024-02-30\nb,2024-02-28\nc,0000-00-00\nd,2024-03-01\ne,2024-03-02\nf,2024-03-03\ng,2024-03-04\n",
    );
    assert_eq!(column(&table, "day").missing, 2);
    assert_eq!(
        warned(&table, "impossible-dates"),
        "column \"day\": 2 dates do not exist, such as \"2024-02-30\" on line 2; taken as missing"
    );
}

#[test]
fn a_text_among_dates_is_refused_with_its_place() {
    let text = "id,day\na,2024-02-01\nb,2024-02-02\nc,soon\nd,2024-03-01\ne,2024-03-02\nf,2024-03-03\n";
    insta::assert_snapshot!(refused(text), @r#"t.csv line 4, column "day": "soon" is not a date as the others are; if it means no value, set `missing` "soon"; `types` day=category takes the column as names, `types` day=ignore leaves it out"#);
    let text = "id,day\na,13/02/2024\nb,14/02/2024\nc,02/15/2024\nd,16/03/2024\ne,17/02/2024\nf,18/02/2024\n";
    insta::assert_snapshot!(refused(text), @r#"t.csv line 4, column "day": "02/15/2024" is not a date with the day first, as the others are; if it means no value, set `missing` "02/15/2024"; `types` day=category takes the column as names, `types` day=ignore leaves it out"#);
}

#[test]
fn serial_days_are_dates_where_a_person_says_so() {
    let settings = TableSettings {
        types: vec![("day".to_owned(), TypeChoice::Date)],
        ..automatic()
    };
    assert_eq!(
        days(&read_as("id,day\na,45382\nb,45306.5\n", &settings), "day"),
        [19_813.0, 19_737.5]
    );
    assert_eq!(
        kind(&read("id,day\na,45382\nb,45306\n"), "day"),
        ColumnType::Number
    );
}

#[test]
fn far_dates_are_noted() {
    let table = read("id,day\na,1850-01-01\nb,2024-01-01\nc,2150-01-01\n");
    assert_eq!(column(&table, "day").note, "2 dates before 1900 or after 2100");
}

// What a person may say

#[test]
fn features_ignore_truth_and_value_give_roles() {
    let settings = TableSettings {
        features: vec!["x".to_owned(), " Y".to_owned()],
        truth: Some("segment".to_owned()),
        value: Some("money".to_owned()),
        ignore: vec!["z".to_owned()],
        ..automatic()
    };
    let table = read_as(
        "id,x,y,z,money,segment\na,1,2,3,4,1\nb,2,3,4,5,2\nc,5,6,7,8,2\n",
        &settings,
    );
    let roles: Vec<(Role, &str)> = table.columns.iter().map(|c| (c.role, c.note.as_str())).collect();
    assert_eq!(
        roles,
        [
            (Role::Id, ""),
            (Role::Feature, ""),
            (Role::Feature, ""),
            (Role::Ignored, "ignored as asked"),
            (Role::Ignored, "not among `features`; number as asked"),
            (Role::Truth, ""),
        ]
    );
    assert!(says(&table, "\" Y\" taken as column y"), "{:?}", table.reading);
    assert_eq!(levels(&table, "segment"), ["1", "2"]);
    assert_eq!(table.truth().map(|c| c.name.as_str()), Some("segment"));
    assert_eq!(table.value().map(|c| c.name.as_str()), Some("money"));
    let turned = table.reordered(&[2, 0, 1]);
    assert_eq!(turned.value_column.as_deref(), Some("money"));
    assert_eq!(numbers(&turned, "money"), [8.0, 4.0, 5.0]);
}

#[test]
fn unknown_columns_are_refused_with_the_nearest_name() {
    let one = |name: &str| vec![name.to_owned()];
    for settings in [
        TableSettings {
            id: Some("incme".to_owned()),
            ..automatic()
        },
        TableSettings {
            features: one("incme"),
            ..automatic()
        },
        TableSettings {
            ignore: one("incme"),
            ..automatic()
        },
        TableSettings {
            truth: Some("incme".to_owned()),
            ..automatic()
        },
        TableSettings {
            value: Some("incme".to_owned()),
            ..automatic()
        },
        TableSettings {
            types: vec![("incme".to_owned(), TypeChoice::Number)],
            ..automatic()
        },
    ] {
        let error = refused_as("id,age,income\na,1,2\n", &settings);
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("did you mean \"income\"?"), "{error}");
    }
}

#[test]
fn requests_that_contradict_the_data_are_refused() {
    let text = "id,name,x\na,Ann Lee,1\nb,Bob Ray,2\nc,Cy Fox,3\nd,Di Ho,4\ne,Ed Im,5\nf,Flo Jo,6\n";
    let value = TableSettings {
        value: Some("name".to_owned()),
        ..automatic()
    };
    insta::assert_snapshot!(refused_as(text, &value), @r#"t.csv: `value` names the column "name", which does not hold numbers; name a column of amounts"#);
    let features = TableSettings {
        features: vec!["name".to_owned()],
        ..automatic()
    };
    insta::assert_snapshot!(refused_as(text, &features), @r#"t.csv: `features` names the column "name", which cannot measure similarity: text that is different in every row; leave it out, or set `types` name=category"#);
    let number = TableSettings {
        types: vec![("name".to_owned(), TypeChoice::Number)],
        ..automatic()
    };
    assert_eq!(refused_as(text, &number).line(), Some(2));
    let both = TableSettings {
        features: vec!["x".to_owned()],
        ignore: vec!["x".to_owned()],
        ..automatic()
    };
    assert_eq!(refused_as(text, &both).kind(), ErrorKind::Usage);
}

#[test]
fn odd_values_in_columns_that_are_kept_out_do_no_harm() {
    let text = "id,x,y\na,1,1\nb,2,2\nc,oops,3\nd,4,4\ne,5,5\nf,6,6\n";
    assert_eq!(refused(text).line(), Some(4));
    for settings in [
        TableSettings {
            ignore: vec!["x".to_owned()],
            ..automatic()
        },
        TableSettings {
            features: vec!["y".to_owned()],
            ..automatic()
        },
        TableSettings {
            types: vec![("x".to_owned(), TypeChoice::Ignore)],
            ..automatic()
        },
    ] {
        assert_eq!(column(&read_as(text, &settings), "x").role, Role::Ignored);
    }
}

#[test]
fn one_row_and_ten_rows_are_tables() {
    assert_eq!(read("id,age,city\na,20,Rome\n").n_rows(), 1);
    let mut text = "id,age,city\n".to_owned();
    (0..10).for_each(|i| text += &format!("c{i},{},{}\n", 20 + i, ["Rome", "Oslo"][i % 2]));
    let table = read(&text);
    assert_eq!((table.n_rows(), kind(&table, "city")), (10, ColumnType::Category));
}

#[test]
fn thousands_of_columns_are_read() {
    let names: Vec<String> = (0..3000).map(|c| format!("g{c}")).collect();
    let mut text = format!("id,{}\n", names.join(","));
    for row in 0..20 {
        let cells: Vec<String> = (0..3000).map(|c| format!("{}.5", (row * 7 + c) % 11)).collect();
        text += &format!("s{row},{}\n", cells.join(","));
    }
    let table = read(&text);
    assert_eq!(table.columns.len(), 3001);
    assert!(
        table.columns[1..]
            .iter()
            .all(|c| c.column_type() == ColumnType::Number)
    );
}

// Real tables

fn real(name: &str) -> Option<Table> {
    Some(read_table(&real_data(name)?, &automatic()).unwrap_or_else(|e| panic!("{e}")))
}

fn of_type(table: &Table, wanted: ColumnType) -> Vec<&str> {
    table
        .columns
        .iter()
        .filter(|c| c.column_type() == wanted && c.role != Role::Id)
        .map(|c| c.name.as_str())
        .collect()
}

fn id_of(table: &Table) -> Option<&str> {
    table
        .columns
        .iter()
        .find(|c| c.role == Role::Id)
        .map(|c| c.name.as_str())
}

#[test]
fn credit_cards_have_seventeen_measurements() {
    let Some(table) = real("customers/cc_general.csv.gz") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (8950, Some("CUST_ID")));
    assert_eq!(of_type(&table, ColumnType::Number).len(), 17);
    assert_eq!(
        (
            column(&table, "MINIMUM_PAYMENTS").missing,
            column(&table, "CREDIT_LIMIT").missing
        ),
        (313, 1)
    );
    assert_eq!(numbers(&table, "BALANCE")[0], 40.900_749);
    assert_eq!(table.warnings, []);
}

#[test]
fn telephone_customers_are_mostly_categories() {
    let Some(table) = real("customers/telco_churn.csv.gz") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (7043, Some("customerID")));
    assert_eq!(
        of_type(&table, ColumnType::Number),
        ["tenure", "MonthlyCharges", "TotalCharges"]
    );
    assert_eq!(column(&table, "TotalCharges").missing, 11);
    assert_eq!(levels(&table, "SeniorCitizen"), ["0", "1"]);
    assert_eq!(
        levels(&table, "OnlineSecurity"),
        ["No", "No internet service", "Yes"]
    );
    assert_eq!(of_type(&table, ColumnType::Category).len(), 17);
    let Some(table) = real("customers/telco_churn_noid.csv.gz") else {
        return;
    };
    assert_eq!(id_of(&table), None);
    assert_eq!(
        of_type(&table, ColumnType::Number),
        ["tenure", "monthly_charges", "total_charges"]
    );
    assert_eq!(
        column(&table, "total_charges").note,
        "taken as missing: \"NA\" (11)"
    );
}

#[test]
fn wholesale_channel_and_region_are_codes() {
    let Some(table) = real("customers/wholesale_customers.csv") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (440, None));
    assert_eq!(of_type(&table, ColumnType::Category), ["Channel", "Region"]);
    assert_eq!(of_type(&table, ColumnType::Number).len(), 6);
}

#[test]
fn web_sessions_have_ten_measurements_and_eight_categories() {
    let Some(table) = real("customers/online_shoppers_intention.csv.gz") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (12_330, None));
    assert_eq!(
        of_type(&table, ColumnType::Category),
        [
            "Month",
            "OperatingSystems",
            "Browser",
            "Region",
            "TrafficType",
            "VisitorType",
            "Weekend",
            "Revenue"
        ]
    );
    assert_eq!(of_type(&table, ColumnType::Number).len(), 10);
    assert_eq!(table.columns.iter().filter(|c| c.missing == 14).count(), 8);
}

#[test]
fn segmentation_abcd_has_missing_answers() {
    let Some(table) = real("customers/segmentation_abcd_train.csv.gz") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (8068, Some("ID")));
    assert_eq!(&table.ids[0], "462809");
    assert_eq!(
        of_type(&table, ColumnType::Number),
        ["Age", "Work_Experience", "Family_Size"]
    );
    let missing: Vec<usize> = [
        "Ever_Married",
        "Graduated",
        "Profession",
        "Work_Experience",
        "Family_Size",
        "Var_1",
    ]
    .iter()
    .map(|name| column(&table, name).missing)
    .collect();
    assert_eq!(missing, [140, 78, 124, 829, 335, 76]);
}

#[test]
fn mall_customers_are_read() {
    let Some(table) = real("customers/mall_customers.csv") else {
        return;
    };
    assert_eq!((table.n_rows(), id_of(&table)), (200, Some("CustomerID")));
    assert_eq!(
        of_type(&table, ColumnType::Number),
        ["Age", "Annual Income (k$)", "Spending Score (1-100)"]
    );
    assert_eq!(of_type(&table, ColumnType::Category), ["Gender"]);
}

#[test]
fn labelled_tables_are_read_as_a_person_would() {
    if let Some(table) = real("labelled/letter.csv.gz") {
        assert_eq!((table.n_rows(), id_of(&table)), (20_000, None));
        assert_eq!(of_type(&table, ColumnType::Category), ["lettr"]);
        assert_eq!(of_type(&table, ColumnType::Number).len(), 16);
    }
    if let Some(table) = real("labelled/digits.csv.gz") {
        assert_eq!(of_type(&table, ColumnType::Number).len(), 65);
        assert!(
            column(&table, "p24")
                .note
                .starts_with("0 and 1 only, a measurement")
        );
    }
    if let Some(table) = real("labelled/penguins.csv") {
        assert_eq!(
            of_type(&table, ColumnType::Category),
            ["species", "island", "sex"]
        );
        assert_eq!(column(&table, "sex").note, "taken as missing: \"NA\" (11)");
        assert_eq!(of_type(&table, ColumnType::Number).len(), 5);
    }
    if let Some(table) = real("labelled/tissue_gene_expression.csv.gz") {
        assert_eq!(
            (
                of_type(&table, ColumnType::Number).len(),
                of_type(&table, ColumnType::Category)
            ),
            (500, vec!["y"])
        );
    }
    if let Some(table) = real("labelled/pbmc68k_reduced_pca50.csv.gz") {
        assert_eq!(
            (id_of(&table), of_type(&table, ColumnType::Number).len()),
            (Some("cell"), 51)
        );
    }
    if let Some(table) = real("labelled/pbmc68k_reduced_genes765.csv.gz") {
        assert_eq!(
            (id_of(&table), of_type(&table, ColumnType::Number).len()),
            (Some("cell"), 765)
        );
    }
}

#[test]
fn purchases_are_read_with_a_warning() {
    if let Some(table) = real("transactions/online_retail.csv.gz") {
        assert_eq!(table.n_rows(), 541_909);
        assert!(warned(&table, "repeated-ids").contains("4,372 different values"));
        assert_eq!(kind(&table, "InvoiceDate"), ColumnType::Date);
        assert_eq!(of_type(&table, ColumnType::Number), ["Quantity", "UnitPrice"]);
    }
    if let Some(table) = real("transactions/retail_data_transactions.csv.gz") {
        assert_eq!(kind(&table, "trans_date"), ColumnType::Date);
        assert!(
            column(&table, "trans_date")
                .note
                .starts_with("dates month/day/year (")
        );
    }
}

/// Everything about a column but the order of its values.
fn decisions(table: &Table) -> Vec<(String, Role, ColumnType, usize, String)> {
    table
        .columns
        .iter()
        .map(|c| {
            (
                c.name.clone(),
                c.role,
                c.column_type(),
                c.missing,
                c.note.to_string(),
            )
        })
        .collect()
}

#[test]
fn the_order_of_the_rows_changes_no_decision() {
    for name in [
        "customers/telco_churn.csv.gz",
        "customers/online_shoppers_intention.csv.gz",
        "customers/segmentation_abcd_train.csv.gz",
    ] {
        let Some(text) = real_text(name) else { return };
        let (header, body) = text.split_once('\n').expect("lines");
        let mut rows: Vec<&str> = body.lines().collect();
        let table = read(&text);
        rows.reverse();
        let reversed = read(&format!("{header}\n{}\n", rows.join("\n")));
        assert_eq!(decisions(&table), decisions(&reversed), "{name}");
        let back: Vec<u32> = (0..table.n_rows() as u32).rev().collect();
        for (a, b) in table.columns.iter().zip(&reversed.reordered(&back).columns) {
            match (&a.values, &b.values) {
                (Values::Number(x), Values::Number(y)) => {
                    assert!(
                        x.iter()
                            .zip(y)
                            .all(|(x, y)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()))
                    );
                }
                (x, y) => assert_eq!(x, y, "{name} {}", a.name),
            }
        }
    }
}

#[test]
fn codes_of_categories_stay_within_their_levels() {
    for name in [
        "customers/telco_churn.csv.gz",
        "customers/segmentation_abcd_train.csv.gz",
        "labelled/letter.csv.gz",
    ] {
        let Some(table) = real(name) else { return };
        for column in &table.columns {
            if let Values::Category { codes, levels } = &column.values {
                assert!(levels.windows(2).all(|w| w[0] < w[1]), "{}", column.name);
                let mut used = vec![false; levels.len()];
                codes
                    .iter()
                    .filter(|&&c| c != MISSING)
                    .for_each(|&c| used[c as usize] = true);
                assert!(used.iter().all(|&u| u), "{}", column.name);
            }
        }
    }
}

// Properties

/// How a program may write a table of numbers.
#[derive(Clone, Debug)]
struct Writer {
    separator: char,
    comma: bool,
    grouped: bool,
    quoted: bool,
    end: &'static str,
    encoding: u8,
}

impl Writer {
    fn number(&self, x: f64) -> String {
        let text = format!("{:.2}", x.abs());
        let (whole, fraction) = text.split_once('.').expect("two digits");
        let mut digits = String::new();
        for (i, c) in whole.chars().enumerate() {
            if self.grouped && i > 0 && (whole.len() - i) % 3 == 0 {
                digits.push(if self.comma { '.' } else { ',' });
            }
            digits.push(c);
        }
        let mark = if self.comma { ',' } else { '.' };
        format!("{}{digits}{mark}{fraction}", if x < 0.0 { "-" } else { "" })
    }

    fn bytes(&self, rows: &[Vec<f64>]) -> Vec<u8> {
        let cell = |text: String| {
            if self.quoted || text.contains(self.separator) {
                format!("\"{text}\"")
            } else {
                text
            }
        };
        let separator = self.separator.to_string();
        let header: Vec<String> = (0..rows[0].len())
            .map(|c| cell(format!("größe {}", (b'a' + c as u8) as char)))
            .collect();
        let mut text = header.join(&separator) + self.end;
        for row in rows {
            let cells: Vec<String> = row.iter().map(|&x| cell(self.number(x))).collect();
            text += &(cells.join(&separator) + self.end);
        }
        match self.encoding {
            0 => text.into_bytes(),
            1 => format!("\u{FEFF}{text}").into_bytes(),
            2 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            3 => format!("\u{FEFF}{text}")
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect(),
            _ => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
                .collect(),
        }
    }
}

fn writers() -> impl Strategy<Value = Writer> {
    (
        prop::sample::select(vec![',', ';', '\t', '|']),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        0u8..5,
    )
        .prop_map(|(separator, comma, grouped, quoted, end, encoding)| Writer {
            separator,
            comma,
            grouped,
            quoted,
            end,
            encoding,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn numbers_come_back_from_every_dialect(
        writer in writers(),
        rows in (2usize..5).prop_flat_map(|d| prop::collection::vec(prop::collection::vec(-9_999_999i32..9_999_999, d), 1..30)),
    ) {
        let rows: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().map(|&x| f64::from(x) / 100.0).collect()).collect();
        let table = parse_table("t", writer.bytes(&rows), &automatic()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(table.n_rows(), rows.len());
        prop_assert_eq!(table.columns.len(), rows[0].len());
        for (c, column) in table.columns.iter().enumerate() {
            let Values::Number(values) = &column.values else {
                return Err(TestCaseError::fail(format!("{}: {:?}", column.name, column)));
            };
            let expected: Vec<f64> = rows.iter().map(|r| r[c]).collect();
            prop_assert_eq!(values, &expected);
        }
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_table("t", bytes, &automatic());
    }

    #[test]
    fn any_text_of_separators_and_digits_is_a_table_or_an_error(
        text in "[-0-9a-c,;|\t\n\r\"'. ()%/€é=+]{0,200}",
        asked in prop::option::of(prop::sample::select(vec![',', ';', '"', 'x', '\u{e9}'])),
        id in any::<bool>(),
    ) {
        let settings = TableSettings { separator: asked, id: id.then(|| "a".to_owned()), ..automatic() };
        if let Ok(table) = parse_table("t", text.into_bytes(), &settings) {
            let n = table.n_rows();
            prop_assert!(n > 0 && table.lines.len() == n);
            let mut ids: Vec<&str> = table.ids.iter().collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), n);
            prop_assert!(table.ids.iter().all(|i| !i.is_empty() && i.trim() == i));
            for column in &table.columns {
                let (length, missing) = match &column.values {
                    Values::Number(v) | Values::Date(v) => {
                        prop_assert!(v.iter().all(|x| !x.is_infinite()));
                        (v.len(), v.iter().filter(|x| x.is_nan()).count())
                    }
                    Values::Category { codes, levels } => {
                        prop_assert!(codes.iter().all(|&c| c == MISSING || (c as usize) < levels.len()));
                        (codes.len(), codes.iter().filter(|&&c| c == MISSING).count())
                    }
                    Values::Text(v) => (v.len(), v.iter().filter(|t| t.is_empty()).count()),
                };
                prop_assert_eq!((length, missing), (n, column.missing));
            }
        }
    }
}
