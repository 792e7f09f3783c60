//! The table of bodies, the worst first; with the page's script it sorts and searches.

use super::super::view::{days_until, failures, first_to_end, rank, title, worst_grade};
use super::super::{Body, Style, standing};
use super::badge;
use super::write::{each, escaped, place};
use crate::grades::Scheme;
use crate::rules::Weight;

pub(super) fn section(bodies: &[&Body], style: &Style) -> String {
    let heading = style.say("Enti", "Bodies");
    let heads = [
        style.say("Ente", "Body"),
        style.say("Classe", "Class"),
        "SSL Labs",
        "Observatory",
        style.say("Certificato", "Certificate"),
        style.say("Gravi", "Grave"),
        style.say("Importanti", "Major"),
        style.say("Da migliorare", "Minor"),
    ];
    let heads = each(heads, |head| format!("<th scope=\"col\">{head}</th>"));
    let rows = each((0..).zip(bodies), |(number, body)| row(number, body, style));
    format!(
        "<section aria-labelledby=\"enti\"><h2 id=\"enti\">{heading}</h2>\
         <p>{}</p><p class=\"search\" hidden><label for=\"cerca\">{}</label> <input id=\"cerca\" type=\"search\" autocomplete=\"off\"> <output for=\"cerca\"></output></p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table id=\"tabella\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>",
        style.say(
            "Prima chi ha più bisogno di intervenire. Il nome porta alla scheda con i rimedi; di più siti conta il voto peggiore.",
            "Those with most to do come first. The name leads to what to do; of several sites the worst grade counts."
        ),
        style.say("Cerca un ente", "Search for a body"),
        style.say("Tabella degli enti", "Table of bodies"),
    )
}

fn row(number: usize, body: &Body, style: &Style) -> String {
    let standing = standing(body);
    let grade = |scheme| match worst_grade(body, scheme) {
        Some(grade) if grade.worst == grade.best => {
            format!("<td data-k=\"{}\">{}</td>", rank(grade), escaped(&grade.worst))
        }
        Some(grade) => {
            format!("<td data-k=\"{}\">{}…{}</td>", rank(grade), escaped(&grade.worst), escaped(&grade.best))
        }
        None => "<td data-k=\"99\">–</td>".to_owned(),
    };
    let certificate = match first_to_end(body) {
        Some(certificate) => {
            let days = days_until(certificate.not_after, body.facts.at);
            format!("<td data-k=\"{days}\">{}</td>", style.days_left(days))
        }
        None => "<td data-k=\"99999\">–</td>".to_owned(),
    };
    let counts = each([Weight::Grave, Weight::Major, Weight::Minor], |weight| match failures(body, weight) {
        0 => "<td class=\"n none\" data-k=\"0\">0</td>".to_owned(),
        count => format!("<td class=\"n\" data-k=\"{count}\">{count}</td>"),
    });
    format!(
        "<tr><th scope=\"row\"><a href=\"#{}\">{}</a></th><td data-k=\"{number}\">{}</td>{}{}{certificate}{counts}</tr>",
        place("ente", &body.facts.subject),
        escaped(title(body)),
        badge(standing, style),
        grade(Scheme::SslLabs),
        grade(Scheme::Observatory),
    )
}
