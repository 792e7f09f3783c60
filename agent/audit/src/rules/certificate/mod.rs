//! Rules on certificates of sites.

pub mod compromised_key;
pub mod default_differs;
pub mod disordered;
pub mod ends_soon;
pub mod expired;
pub mod incomplete;
pub mod invalid;
pub mod not_logged;
pub mod not_told;
pub mod not_yet_valid;
pub mod revoked;
pub mod self_signed;
pub mod too_long;
pub mod unknown_authority;
pub mod unstapled;
pub mod weak_key;
pub mod weak_signature;
pub mod wrong_name;

use super::prelude::{Remedy, Who};

/// Get a new certificate and serve it.
fn renew() -> Remedy {
    Remedy::by(
        Who::Hosting,
        "Ottenere un nuovo certificato e caricare il server; poi automatizzare il rinnovo (ACME), che va provato almeno una volta.",
        "Get a new certificate and load it into the server; then automate the renewal (ACME) and try it out once.",
    )
    .nginx("ssl_certificate     /etc/ssl/site/fullchain.pem;\nssl_certificate_key /etc/ssl/site/key.pem;")
    .apache("SSLCertificateFile    /etc/ssl/site/fullchain.pem\nSSLCertificateKeyFile /etc/ssl/site/key.pem")
    .iis("IIS Manager > Site > Bindings > https > SSL certificate; rinnovo automatico con win-acme.")
}
