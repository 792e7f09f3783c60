//! With or without www it is not the same site.

use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    id: "web-other-name",
    area: Area::Web,
    weight: Weight::Minor,
    title: || {
        Text::new("Con e senza www non è lo stesso sito", "With and without www it is not the same site")
    },
    citation: "Modello Comuni, C.SI.5.2; AgID, Linee guida di design per i siti della PA (2022)",
    meaning: || {
        Text::new(
            "Molti scrivono il nome nell’altro modo, e trovano un errore o un avviso.",
            "Many write the name the other way, and find an error or a warning.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Dare un indirizzo a entrambi i nomi, metterli nel certificato e reindirizzare l’uno all’altro.",
            "Give both names an address, put both in the certificate and redirect one to the other.",
        )
        .nginx("server_name comune.example www.comune.example;")
        .apache("ServerAlias www.comune.example")
        .iis("Bindings: aggiungere il secondo nome.")
        .zone("www IN CNAME comune.example.")
    },
    judge: |facts, _| {
        on_sites(facts, |site| {
            let other = site.other_name.known()?;
            let host = &other.host;
            if !other.resolves {
                let it = format!("{host} non ha un indirizzo");
                return Some(Found::fails(it, format!("{host} has no address")));
            }
            other.leads_here.is_no().then(|| {
                Found::fails(
                    format!("{host} non porta qui con un certificato valido"),
                    format!("{host} does not lead here with a valid certificate"),
                )
            })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("www.comune.esempio.lc.test has no address", |facts| {
            let Answer::Known(other) = &mut site(facts).other_name else { return };
            other.resolves = false;
        }),
        passes("nothing could be told", |facts| {
            let Answer::Known(other) = &mut site(facts).other_name else { return };
            other.leads_here = Answer::default();
        }),
    ],
};
