//! The houses of the street: who lives there, and what has to be said of it. The expectations are written by hand, from
//! the configurations.

use crate::papers::{By, GOOD, P256, Paper, RSA_1024};
use crate::servers::hostile::Habit;
use crate::servers::{Nginx, Port80, Resident};

/// A house.
pub struct House {
    /// Its name, before `.street.test`.
    pub name: &'static str,
    pub resident: Resident,
    pub paper: Paper,
    pub port_80: Port80,
    /// CERT-AgID's class that it deserves; empty where nothing can be told.
    pub class: &'static str,
    /// SSL Labs' grade; empty where there is none.
    pub ssl_labs: &'static str,
    /// Rules that must find something.
    pub finds: &'static [&'static str],
}

const SAFE: &str = "sicuro";
const MISCONFIGURED: &str = "mal configurato";
const GRAVE: &str = "gravi problemi di sicurezza";
const WITHOUT: &str = "senza HTTPS";

impl House {
    /// Its name in full.
    pub fn host(&self) -> String {
        format!("{}.street.test", self.name)
    }
}

/// Mozilla's intermediate suites of 2020.
const INTERMEDIATE: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
    ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
const HSTS: &str = "add_header Strict-Transport-Security \"max-age=63072000\" always;";

const fn nginx(protocols: &'static str, ciphers: &'static str, lines: &'static str) -> Resident {
    Resident::Nginx(Nginx { protocols, ciphers, lines })
}

/// nginx as it should be.
const WELL: Resident = nginx("TLSv1.2 TLSv1.3", INTERMEDIATE, HSTS);

const fn house(name: &'static str, resident: Resident, class: &'static str, ssl_labs: &'static str) -> House {
    House { name, resident, paper: GOOD, port_80: Port80::Redirect, class, ssl_labs, finds: &[] }
}

/// All of them.
pub const HOUSES: &[House] = &[
    house("intermediate", WELL, SAFE, "A+"),
    House {
        paper: Paper { key: P256, ..GOOD },
        ..house("modern", nginx("TLSv1.3", INTERMEDIATE, HSTS), SAFE, "A+")
    },
    house("without-hsts", nginx("TLSv1.2 TLSv1.3", INTERMEDIATE, ""), SAFE, "A"),
    House {
        finds: &["tls-no-tls13"],
        ..house("only-tls12", nginx("TLSv1.2", INTERMEDIATE, HSTS), SAFE, "A-")
    },
    house(
        "old-versions",
        nginx("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "ALL:!aNULL:@SECLEVEL=0", ""),
        MISCONFIGURED,
        "B",
    ),
    house("cbc", nginx("TLSv1.2", "ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384", ""), MISCONFIGURED, "B"),
    house(
        "no-forward-secrecy",
        nginx("TLSv1.2", "AES128-GCM-SHA256:AES256-GCM-SHA384", ""),
        MISCONFIGURED,
        "B",
    ),
    house("tls11", nginx("TLSv1.1", "ALL:!aNULL:@SECLEVEL=0", ""), GRAVE, "C"),
    house(
        "tls10",
        Resident::Old { program: "node-0.8", ciphers: "AES128-SHA:AES256-SHA", method: "TLSv1_method" },
        GRAVE,
        "C",
    ),
    House {
        finds: &[],
        ..house(
            "ssl2",
            Resident::Old { program: "node-0.10", ciphers: "ALL:COMPLEMENTOFALL", method: "SSLv23_method" },
            GRAVE,
            "F",
        )
    },
    house(
        "ssl3",
        Resident::Old { program: "node-0.10", ciphers: "AES128-SHA:RC4-SHA", method: "SSLv3_method" },
        GRAVE,
        "F",
    ),
    house("null", Resident::OpenSsl(&["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"]), GRAVE, "F"),
    house(
        "anonymous",
        Resident::OpenSsl(&[
            "-tls1_2",
            "-cipher",
            "ADH-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
        ]),
        GRAVE,
        "F",
    ),
    house("gnutls", Resident::GnuTls("NORMAL"), MISCONFIGURED, "B"),
    house(
        "apache",
        Resident::Apache(
            "Header always set Strict-Transport-Security max-age=63072000\nSSLProtocol -all +TLSv1.2 +TLSv1.3\nSSLCipherSuite ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384",
        ),
        SAFE,
        "A+",
    ),
    House { paper: Paper { days: (100, 90), ..GOOD }, ..house("expired", WELL, GRAVE, "T") },
    House {
        paper: Paper { names: "DNS:other.street.test", ..GOOD },
        ..house("wrong-name", WELL, GRAVE, "M")
    },
    House { paper: Paper { by: By::Itself, ..GOOD }, ..house("self-signed", WELL, GRAVE, "T") },
    House { paper: Paper { whole: false, ..GOOD }, ..house("incomplete", WELL, "", "") },
    House {
        paper: Paper { key: RSA_1024, ..GOOD },
        ..house(
            "short-key",
            nginx("TLSv1.2 TLSv1.3", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", HSTS),
            MISCONFIGURED,
            "B",
        )
    },
    House {
        paper: Paper { hash: "sha1", ..GOOD },
        ..house("sha1", nginx("TLSv1.2 TLSv1.3", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", HSTS), GRAVE, "T")
    },
    House { paper: Paper { days: (80, 90), ..GOOD }, ..house("ends-soon", WELL, SAFE, "A+") },
    House { port_80: Port80::Page, ..house("no-redirect", WELL, GRAVE, "A+") },
    House {
        port_80: Port80::Page,
        ..house("to-http", nginx("TLSv1.2 TLSv1.3", INTERMEDIATE, "return 302 http://$host/;"), GRAVE, "A")
    },
    House { port_80: Port80::Page, ..house("without-https", Resident::Nobody, WITHOUT, "") },
    House {
        port_80: Port80::Page,
        ..house("http-on-443", Resident::Hostile(Habit::SpeaksHttp), WITHOUT, "")
    },
    house("says-nothing", Resident::Hostile(Habit::SaysNothing), "", ""),
    house("resets", Resident::Hostile(Habit::Resets), "", ""),
    house("endless", Resident::Hostile(Habit::EndlessHandshake), "", ""),
    house("slowly", Resident::Hostile(Habit::Slowly), "", ""),
    house("picks-other", Resident::Hostile(Habit::PicksOther), "", ""),
    house("noise", Resident::Hostile(Habit::Noise), WITHOUT, ""),
    House { port_80: Port80::Closed, ..house("silence", Resident::Silence, "", "") },
];
