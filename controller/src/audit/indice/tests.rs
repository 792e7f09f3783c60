//! A made index of 500 bodies with every kind of dirt that the real one has, in each of its three shapes.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

/// What stands in the column of the site, by row, again and again; the rest of the rows are clean.
const DIRT: &[&str] = &[
    "",
    ".",
    "null",
    "n.d.",
    "www.comune.a{n}.test",
    "http:/www.comune.b{n}.test",
    "HTTP://WWW.COMUNE.C{n}.TEST",
    "comune@comune.d{n}.test",
    "https://www.facebook.com/comune{n}",
    "in costruzione",
    "www.e{n}.test; www.f{n}.test",
    "https://unione.valle.test",
    "http://192.0.2.{n}/",
    "ftp://ftp.g{n}.test",
    "www,comune.h{n}.test",
];

/// Rows with code, title, category by code and by name, and site.
fn rows() -> Vec<[String; 5]> {
    let row = |n: usize| {
        let site = match DIRT.get(n % 25) {
            Some(dirt) => dirt.replace("{n}", &n.to_string()),
            None => format!("https://www.comune.paese{n}.test"),
        };
        let (title, code, name) = match n % 10 {
            0 => ("Consorzio \"Acque\" n. ", "L6", "Comuni e loro Consorzi e Associazioni"),
            9 => ("Istituto comprensivo ", "L33", "Istituti di Istruzione Statale di Ogni Ordine e Grado"),
            _ => ("Comune di Paese ", "L6", "Comuni e loro Consorzi e Associazioni"),
        };
        // a code that stands there twice, and one that is missing
        let number = if n == 302 { 301 } else { n };
        let ipa = if n == 303 { String::new() } else { format!("C_{number:04}") };
        [ipa, format!("{title}{n}"), code.to_owned(), name.to_owned(), site]
    };
    (0..500).map(row).collect()
}

fn wanted() -> Wanted {
    Wanted { categories: vec!["L6".to_owned()], title_begins: "Comune di".to_owned() }
}

/// Reads a file of that name with that content.
fn taken(name: &str, content: &[u8]) -> Taken {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    targets(&path, &wanted()).unwrap()
}

fn csv() -> String {
    let mut text = "Denominazione_ente,Codice_IPA,Codice_Categoria,Sito_istituzionale,Mail1\n".to_owned();
    for [code, title, category, _, site] in rows() {
        let title = title.replace('"', "\"\"");
        let _ = writeln!(text, "\"{title}\",{code},{category},\"{site}\",protocollo@pec.test");
    }
    text
}

fn tabs() -> Vec<u8> {
    let mut text =
        "\u{feff}cod_amm\tdes_amm\tComune\tsito_istituzionale\ttipologia_istat\n".to_owned().into_bytes();
    for [code, title, _, category, site] in rows() {
        text.extend(format!("{code}\t{title}\tForl").bytes());
        // Latin 1 among UTF-8
        text.push(0xec);
        text.extend(format!("\t{site}\t{category}\r\n").bytes());
    }
    text
}

fn check(taken: &Taken, expected: &Expect) {
    expected.assert_eq(&taken.summary());
}

#[test]
fn five_hundred_rows_of_every_kind_run_to_a_summary() {
    let from_csv = taken("enti.csv", csv().as_bytes());
    check(&from_csv, &expect![[r#""#]]);
    assert_eq!(taken("amministrazioni.txt", &tabs()), from_csv);
    assert_eq!(taken("enti.csv", csv().replace(',', ";").as_bytes()).rows, from_csv.rows);
}

#[test]
fn a_file_without_the_columns_says_which_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("enti.csv");
    std::fs::write(&path, "nome,sito\nCalco,www.calco.test\n").unwrap();
    let error = targets(&path, &Wanted::default()).unwrap_err().to_string();
    assert!(error.ends_with("has no column Codice_IPA (or cod_amm); its columns are nome, sito"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_file_is_too_odd(content in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enti");
        let header: &[u8] = b"Codice_IPA,Denominazione_ente,Sito_istituzionale\n";
        std::fs::write(&path, [header, &content].concat()).unwrap();
        let _ = targets(&path, &Wanted::default());
        std::fs::write(&path, [b"PK\x03\x04", content.as_slice()].concat()).unwrap();
        let _ = targets(&path, &Wanted::default());
    }
}
