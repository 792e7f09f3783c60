//! A report as one page of HTML without outside resources: what changed first, then the classes, the bodies, what to do.
//!
//! The page's policy lets nothing in but its own style and script, by their hashes. Without the script all is there; with it
//! the table of bodies can be sorted and searched.

mod body;
mod changes;
mod charts;
mod method;
mod remedies;
mod summary;
mod table;
mod write;

use super::view::{hosts, worst_first};
use super::{Report, Style};
use write::{each, escaped};

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// SHA-256 of [`CSS`] and [`SCRIPT`], as Content Security Policy writes it; a test holds them to be right.
const CSS_HASH: &str = "sha256-2ytC6kNGjNxlqyDEUiKo6Y6TmNKStqzKDGk1dHtsauU=";
const SCRIPT_HASH: &str = "sha256-DvJSlaYOP9330NO4PPCnW/aHUQUxLiJKLRByKV563Zc=";

/// So many bodies get the lines of configuration below each finding; in larger reports they stand once, at the end.
const FEW: usize = 25;

/// The page.
pub fn html(report: &Report, style: &Style) -> String {
    let bodies = worst_first(report);
    let with_lines = bodies.len() <= FEW;
    let main = [
        changes::section(report, style),
        summary::section(report, style),
        table::section(&bodies, style),
        format!(
            "<section aria-labelledby=\"schede\"><h2 id=\"schede\">{}</h2>{}</section>",
            style.say("Ente per ente", "Body by body"),
            each(&bodies, |body| body::article(body, style, with_lines)),
        ),
        remedies::section(report, style),
        method::section(report, style),
    ];
    let title = style.say("Verifica di siti, domini e posta", "Audit of sites, domains and mail");
    let language = style.say("it", "en");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{CSS_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title} – {day}</title>\n<style>{CSS}</style>\n</head>\n<body>\n{header}\n<main id=\"contenuto\">\n{main}\n</main>\n{footer}\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        day = style.day(report.run.ended),
        header = header(report, style, title),
        main = main.join("\n"),
        footer = footer(report, style),
    )
}

fn header(report: &Report, style: &Style, title: &str) -> String {
    let bodies = style.count(report.bodies.len(), ("ente", "body"), ("enti", "bodies"));
    let hosts = style.count(hosts(report), ("sito", "site"), ("siti", "sites"));
    let moment = style.moment(report.run.ended);
    let lead = style
        .say("visti dall’esterno, come li vede un cittadino", "seen from outside, as a citizen sees them");
    let warning = style.old_list(report.run.cms_versions, report.run.ended).map(|warning| {
        format!(
            "<p class=\"warning\"><strong>{}</strong> {}</p>",
            style.say("Attenzione.", "Mind this."),
            escaped(&warning)
        )
    });
    let links = [
        ("cambiamenti", style.say("Che cosa è cambiato", "What changed")),
        ("sintesi", style.say("In sintesi", "At a glance")),
        ("enti", style.say("Enti", "Bodies")),
        ("rimedi", style.say("Come rimediare", "How to mend")),
        ("metodo", style.say("Come si è verificato", "How it was done")),
    ];
    let links = each(links, |(place, text)| format!("<li><a href=\"#{place}\">{text}</a></li>"));
    format!(
        "<a class=\"skip\" href=\"#contenuto\">{skip}</a>\n<header><p class=\"kicker\">Campanile</p><h1>{title}</h1>\
         <p class=\"lead\">{bodies}, {hosts}, {lead}.<br>{moment}</p>{warning}</header>\n\
         <nav aria-label=\"{index}\"><ul>{links}</ul></nav>",
        skip = style.say("Vai al contenuto", "Go to the content"),
        index = style.say("Indice", "Contents"),
        warning = warning.unwrap_or_default(),
    )
}

fn footer(report: &Report, style: &Style) -> String {
    let text = style.say("Verifica fatta da", "Audit made by");
    let secret = style.say(
        "Il documento descrive debolezze di sistemi in uso: va conservato e trasmesso con riservatezza.",
        "This document tells of weaknesses of systems in use: keep it, and pass it on, in confidence.",
    );
    format!(
        "<footer><p>{secret}</p><p>{text} Campanile {}, {}.</p></footer>",
        escaped(&report.run.program),
        style.moment(report.run.ended)
    )
}

/// Classes of CSS for a class of CERT-AgID.
fn colour(class: Option<super::Class>) -> &'static str {
    match class {
        Some(super::Class::Secure) => "sec",
        Some(super::Class::Misconfigured) => "mis",
        Some(super::Class::Grave) => "gra",
        Some(super::Class::Without) => "sen",
        None => "unk",
    }
}

/// A class as a badge.
fn badge(standing: Option<super::Standing>, style: &Style) -> String {
    let class = colour(standing.and_then(super::Standing::certain));
    format!("<span class=\"badge {class}\">{}</span>", escaped(&style.standing(standing)))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn hashes_are_those_of_style_and_script() {
        for (text, hash) in [(CSS, CSS_HASH), (SCRIPT, SCRIPT_HASH)] {
            assert_eq!(format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes()))), hash);
        }
    }
}
