//! Handshakes signed over a hash that can be forged.

use crate::registry::SignatureScheme;
use crate::rules::prelude::*;
use crate::rules::suites::list;

pub const RULE: Rule = Rule {
    id: "tls-weak-signatures",
    area: Area::Tls,
    weight: Weight::Major,
    title: || Text::new("Il server firma con MD5 o SHA-1", "The server signs with MD5 or SHA-1"),
    citation: "RFC 9155 (2021); SLOTH, CVE-2015-7575",
    meaning: || {
        Text::new(
            "Una firma su MD5 o SHA-1 si può falsificare mentre il collegamento nasce.",
            "A signature over MD5 or SHA-1 can be forged while the connection is made.",
        )
    },
    remedy: || {
        Remedy::by(Who::Hosting, "Accettare solo firme con SHA-256 e successivi.", "Take only signatures over SHA-256 and up.")
            .nginx("ssl_conf_command SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA256;")
            .apache("SSLOpenSSLConfCmd SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA256")
    },
    judge: |facts, _| {
        on_endpoints(facts, |_, tls| {
            // the first byte of the old pairs is the hash: 1 MD5, 2 SHA-1
            let seen = tls.signature_schemes.known()?.iter().copied();
            let weak: Vec<SignatureScheme> = seen.filter(|scheme| matches!(scheme.0 >> 8, 1 | 2)).collect();
            let names = list(&weak, 4);
            let md5 = weak.iter().any(|scheme| scheme.0 >> 8 == 1);
            let found =
                Found::fails(format!("firma con {}", names.it), format!("it signs with {}", names.en));
            (!weak.is_empty()).then(|| if md5 { found } else { found.weighing(Weight::Minor) })
        })
    },
    #[cfg(test)]
    cases: &[
        catches("it signs with rsa_pkcs1_sha1", |facts| {
            tls(facts).signature_schemes =
                Answer::Known(vec![SignatureScheme(0x0401), SignatureScheme(0x0201)]);
        }),
        passes("SHA-256", |facts| {
            tls(facts).signature_schemes = Answer::Known(vec![SignatureScheme(0x0401)]);
        }),
    ],
};
