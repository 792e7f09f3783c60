//! Rules that are made up, so that goldens stay as they are whatever the real ones say.

use campanile_audit::Text;
use campanile_audit::rules::{Area, Remedy, Rule, Weight, Who};

pub const RULES: &[Rule] = &[
    Rule {
        id: "certificate-expired",
        area: Area::Certificate,
        weight: Weight::Grave,
        title: || Text::new("Il certificato è scaduto", "The certificate has expired"),
        citation: "CERT-AgID, Monitoraggio HTTPS e CMS, 2020",
        meaning: || {
            Text::new(
                "I browser avvertono che il sito non è sicuro e molti cittadini si fermano lì. Chi insiste non può sapere se parla davvero con l’ente.",
                "Browsers warn that the site is not secure, and many citizens stop there. Those who go on cannot know whether they talk to the body.",
            )
        },
        remedy: || {
            Remedy {
            who: Who::Hosting,
            what: Text::new(
                "Rinnovare il certificato e fare in modo che si rinnovi da solo (protocollo ACME).",
                "Renew the certificate, and let it renew by itself (ACME).",
            ),
            nginx: Some("ssl_certificate     /etc/ssl/ente/fullchain.pem;\nssl_certificate_key /etc/ssl/ente/key.pem;".to_owned()),
            apache: Some("SSLCertificateFile    /etc/ssl/ente/fullchain.pem\nSSLCertificateKeyFile /etc/ssl/ente/key.pem".to_owned()),
            iis: Some("Gestione IIS > Certificati del server > Rinnova".to_owned()),
            zone: None,
        }
        },
        judge: |_, _| Vec::new(),
    },
    Rule {
        id: "tls-old-version",
        area: Area::Tls,
        weight: Weight::Major,
        title: || Text::new("Sono accettate versioni vecchie di TLS", "Old versions of TLS are accepted"),
        citation: "AgID-RACCSECTLS-01, 2020",
        meaning: || {
            Text::new(
                "TLS 1.0 e 1.1 hanno debolezze note e nessun browser in uso ne ha bisogno.",
                "TLS 1.0 and 1.1 have known weaknesses, and no browser in use needs them.",
            )
        },
        remedy: || {
            Remedy {
            who: Who::Hosting,
            what: Text::new("Accettare solo TLS 1.2 e 1.3.", "Accept TLS 1.2 and 1.3 alone."),
            nginx: Some("ssl_protocols TLSv1.2 TLSv1.3;".to_owned()),
            apache: Some("SSLProtocol -all +TLSv1.2 +TLSv1.3".to_owned()),
            iis: Some("HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server: Enabled = 0".to_owned()),
            zone: None,
        }
        },
        judge: |_, _| Vec::new(),
    },
    Rule {
        id: "csp-missing",
        area: Area::Web,
        weight: Weight::Minor,
        title: || Text::new("Manca una Content Security Policy", "There is no Content Security Policy"),
        citation: "MDN HTTP Observatory 1.6, Content Security Policy",
        meaning: || {
            Text::new(
                "Se qualcuno riesce a inserire uno script nella pagina, nulla lo ferma.",
                "If somebody gets a script into the page, nothing stops it.",
            )
        },
        remedy: || Remedy {
            who: Who::SiteSupplier,
            what: Text::new(
                "Dichiarare da dove la pagina può caricare che cosa.",
                "Declare what the page may load from where.",
            ),
            nginx: Some("add_header Content-Security-Policy \"default-src 'self'\" always;".to_owned()),
            apache: None,
            iis: None,
            zone: None,
        },
        judge: |_, _| Vec::new(),
    },
    Rule {
        id: "dmarc-missing",
        area: Area::Mail,
        weight: Weight::Minor,
        title: || Text::new("Il dominio non ha DMARC", "The domain has no DMARC"),
        citation: "RFC 7489, 2015",
        meaning: || {
            Text::new(
                "Chiunque può spedire posta a nome del dominio.",
                "Anybody can send mail in the domain’s name.",
            )
        },
        remedy: || Remedy {
            who: Who::DnsOperator,
            what: Text::new(
                "Pubblicare un record DMARC, prima in osservazione.",
                "Publish a DMARC record, first to observe.",
            ),
            nginx: None,
            apache: None,
            iis: None,
            zone: Some("_dmarc IN TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@ente.example\"".to_owned()),
        },
        judge: |_, _| Vec::new(),
    },
    Rule {
        id: "security-txt-missing",
        area: Area::Web,
        weight: Weight::Notice,
        title: || Text::new("Non c’è un security.txt", "There is no security.txt"),
        citation: "RFC 9116, 2022",
        meaning: || {
            Text::new(
                "Chi trova una debolezza non sa a chi dirlo.",
                "Who finds a weakness does not know whom to tell.",
            )
        },
        remedy: || Remedy {
            who: Who::Body,
            what: Text::new("Pubblicare un contatto.", "Publish a contact."),
            nginx: None,
            apache: None,
            iis: None,
            zone: None,
        },
        judge: |_, _| Vec::new(),
    },
];
