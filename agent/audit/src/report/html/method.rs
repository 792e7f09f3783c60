//! By what the report was made, and how to read it.

use super::super::{Report, Style};
use super::write::{each, escaped};

pub(super) fn section(report: &Report, style: &Style) -> String {
    let run = &report.run;
    let connections = usize::try_from(run.connections).unwrap_or(usize::MAX);
    let terms = [
        (style.say("Inizio", "Begun"), style.moment(run.begun)),
        (style.say("Fine", "Ended"), style.moment(run.ended)),
        (style.say("Programma", "Program"), format!("Campanile {}", run.program)),
        (style.say("Profilo TLS", "TLS profile"), run.profile.clone()),
        (
            style.say("Lettura delle classi", "How classes are read"),
            style.old_versions(run.old_versions).to_owned(),
        ),
        (style.say("Radici fidate", "Trusted roots"), run.roots.clone()),
        (style.say("Versioni dei CMS al", "CMS versions as of"), style.date(run.cms_versions)),
        (style.say("Connessioni aperte", "Connections opened"), style.number(connections as u64)),
    ];
    let terms = each(terms, |(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(&value)));
    let paragraphs = [
        style.say(
            "La verifica guarda solo ciò che è pubblico, come farebbe un visitatore, con poche richieste e senza forzare nulla.",
            "The audit looks only at what is public, as a visitor would, with few requests and without forcing anything.",
        ),
        style.say(
            "Il silenzio non vale come risposta: ciò che non ha risposto è detto «non determinabile», e un voto che ne dipende sta tra due valori.",
            "Silence is no answer: what did not answer is said to be unknown, and a grade that depends on it lies between two values.",
        ),
        style.say(
            "I voti SSL Labs e MDN HTTP Observatory sono ricalcolati secondo le regole pubblicate, nella versione indicata accanto a ciascuno; non sono rilasciati da quei servizi.",
            "The SSL Labs and MDN HTTP Observatory grades are computed by their published rules, in the version beside each; those services did not issue them.",
        ),
    ];
    let paragraphs = each(paragraphs, |text| format!("<p>{text}</p>"));
    let heading = style.say("Come si è verificato", "How it was done");
    format!(
        "<section aria-labelledby=\"metodo\"><h2 id=\"metodo\">{heading}</h2>{paragraphs}<dl class=\"method\">{terms}</dl></section>"
    )
}
