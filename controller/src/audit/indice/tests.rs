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
        let number = if n == 318 { 317 } else { n };
        let ipa = if n == 322 { String::new() } else { format!("C_{number:04}") };
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

/// The rows as a spreadsheet with a title above the names of the columns.
fn spreadsheet() -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let cells = |row: &[&str]| {
        let cells =
            row.iter().map(|text| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)));
        format!("<row>{}</row>", cells.collect::<String>())
    };
    let mut sheet = cells(&["Elenco degli enti"]);
    sheet.push_str(&cells(&["Codice_IPA", "Denominazione_ente", "Sito_istituzionale", "Codice_Categoria"]));
    for [code, title, category, _, site] in rows() {
        sheet.push_str(&cells(&[&code, &title, &site, &category]));
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"{id}\" Type=\"{relations}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let files = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        ("_rels/.rels", relation("r1", "officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("r1", "worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"enti\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ];
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in files {
        book.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut book, content.as_bytes()).unwrap();
    }
    book.finish().unwrap().into_inner()
}

fn check(taken: &Taken, expected: &Expect) {
    expected.assert_eq(&taken.summary());
}

#[test]
fn five_hundred_rows_of_every_kind_run_to_a_summary() {
    let from_csv = taken("enti.csv", csv().as_bytes());
    check(
        &from_csv,
        &expect![[r#"
            500 rows: 238 bodies to look at, 100 not of the wanted category or name, 162 unusable, 40 put right, 20 on a host that several bodies have
                  1 no code:  "https://www.comune.paese322.test"
                  1 code already seen: c_0317 "https://www.comune.paese318.test"
                 70 no site: c_0001 ".", c_0002 "null", c_0003 "n.d."
                 20 an address of mail: c_0007 "comune@comune.d7.test", c_0032 "comune@comune.d32.test", c_0057 "comune@comune.d57.test"
                 20 a page on somebody else's site: c_0008 "https://www.facebook.com/comune8", c_0033 "https://www.facebook.com/comune33", c_0058 "https://www.facebook.com/comune58"
                 10 an IP address, for which no certificate could be valid: c_0012 "http://192.0.2.12/", c_0037 "http://192.0.2.37/", c_0062 "http://192.0.2.62/"
                 20 not a site of the web: c_0013 "ftp://ftp.g13.test", c_0038 "ftp://ftp.g38.test", c_0063 "ftp://ftp.g63.test"
                 20 no name of a host: c_0034 "in costruzione", c_0084 "in costruzione", c_0134 "in costruzione"
        "#]],
    );
    assert_eq!(taken("amministrazioni.txt", &tabs()), from_csv);
    assert_eq!(taken("enti.xlsx", &spreadsheet()), from_csv);
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
