//! What stands in a certificate, as OpenSSL wrote it.

use campanile_audit::chain::{self, Roots};
use campanile_audit::facts::{Certificate, KeyKind, SignatureHash};

use super::openssl::{run, self_signed};
use super::{now, summary};

fn read(der: &[u8]) -> Certificate {
    let chain = chain::read(&[der], None, now(), &Roots::public());
    chain.certificates.into_iter().next().unwrap()
}

#[test]
fn keys_and_signatures() {
    let table: &[(&[&str], KeyKind, u32, SignatureHash)] = &[
        (&["-newkey", "rsa:2048", "-sha256"], KeyKind::Rsa, 2048, SignatureHash::Sha256),
        (&["-newkey", "rsa:1024", "-sha1"], KeyKind::Rsa, 1024, SignatureHash::Sha1),
        (&["-newkey", "rsa:1024", "-sha256"], KeyKind::Rsa, 1024, SignatureHash::Sha256),
        (&["-newkey", "rsa:2048", "-md5"], KeyKind::Rsa, 2048, SignatureHash::Md5),
        (
            &["-newkey", "rsa:2048", "-sha512", "-sigopt", "rsa_padding_mode:pss"],
            KeyKind::Rsa,
            2048,
            SignatureHash::Sha512,
        ),
        (
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha384"],
            KeyKind::Ec,
            384,
            SignatureHash::Sha384,
        ),
        (
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-sha512"],
            KeyKind::Ec,
            521,
            SignatureHash::Sha512,
        ),
        (
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp224r1", "-sha224"],
            KeyKind::Ec,
            224,
            SignatureHash::Sha224,
        ),
        (&["-newkey", "ed25519"], KeyKind::Eddsa, 256, SignatureHash::Sha512),
        (&["-newkey", "ed448"], KeyKind::Eddsa, 456, SignatureHash::Other("1.3.101.113".to_owned())),
    ];
    for (arguments, key, bits, hash) in table {
        let facts = read(&self_signed(arguments));
        assert_eq!((&facts.key, facts.key_bits, &facts.signature_hash), (key, *bits, hash), "{arguments:?}");
        assert!(facts.is_self_signed, "{arguments:?}");
    }
}

#[test]
fn dsa_keys() {
    let folder = tempfile::TempDir::new().unwrap();
    run(folder.path(), &["dsaparam", "-genkey", "-out", "key.pem", "1024"]);
    let made =
        ["req", "-x509", "-key", "key.pem", "-out", "made.der", "-outform", "DER", "-subj", "/CN=x", "-sha1"];
    run(folder.path(), &made);
    let facts = read(&std::fs::read(folder.path().join("made.der")).unwrap());
    assert_eq!((facts.key, facts.key_bits, facts.signature_hash), (KeyKind::Dsa, 1024, SignatureHash::Sha1));
}

#[test]
fn extensions_and_names() {
    let facts = read(&self_signed(&[
        "-newkey",
        "ed25519",
        "-multivalue-rdn",
        "-utf8",
        "-subj",
        "/C=IT/O=Comune di Forlì, uffici/OU=A+OU=B/CN=www.example.test/emailAddress=a@example.test",
        "-set_serial",
        "0x00ab12",
        "-addext",
        "subjectAltName=DNS:www.example.test,DNS:*.example.test,IP:192.0.2.1,IP:2001:db8::1,email:a@b.test",
        "-addext",
        "crlDistributionPoints=URI:http://a.test/1.crl,URI:http://b.test/2.crl",
        "-addext",
        "authorityInfoAccess=OCSP;URI:http://o.test/,caIssuers;URI:http://i.test/i.der",
        "-addext",
        "tlsfeature=status_request",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ]));
    assert_eq!(
        facts.subject,
        "emailAddress=a@example.test,CN=www.example.test,OU=A+OU=B,O=Comune di Forlì\\, uffici,C=IT"
    );
    assert_eq!(facts.authority, "Comune di Forlì, uffici");
    assert_eq!(facts.serial, "00ab12");
    assert_eq!(facts.names, ["www.example.test", "*.example.test"]);
    assert_eq!(
        facts.addresses,
        ["192.0.2.1".parse::<std::net::IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]
    );
    assert_eq!(facts.crl_urls, ["http://a.test/1.crl", "http://b.test/2.crl"]);
    assert_eq!(facts.ocsp_urls, ["http://o.test/"]);
    assert_eq!(facts.issuer_urls, ["http://i.test/i.der"]);
    assert!(facts.must_staple && !facts.is_authority);
    assert_eq!(facts.timestamps, 0);
}

#[test]
fn fingerprints_are_openssls() {
    let der = self_signed(&["-newkey", "ed25519"]);
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("made.der"), &der).unwrap();
    let theirs = run(
        folder.path(),
        &["x509", "-inform", "DER", "-in", "made.der", "-noout", "-fingerprint", "-sha256"],
    );
    let theirs = theirs.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase();
    assert_eq!(read(&der).sha256, theirs);
}

#[test]
fn weak_signatures_are_not_trusted_and_not_called_broken() {
    let folder = tempfile::TempDir::new().unwrap();
    let at = folder.path();
    for (key, hash) in [("rsa:2048", "-sha1"), ("rsa:1024", "-sha256"), ("rsa:2048", "-md5")] {
        run(
            at,
            &[
                "req", "-x509", "-nodes", "-newkey", key, "-keyout", "ca.key", "-out", "ca.pem", "-days",
                "365", "-subj", "/CN=Root",
            ],
        );
        run(
            at,
            &[
                "req",
                "-nodes",
                "-newkey",
                "rsa:2048",
                "-keyout",
                "k",
                "-out",
                "r.csr",
                "-subj",
                "/CN=www.example.test",
                "-addext",
                "subjectAltName=DNS:www.example.test",
            ],
        );
        let signing = [
            "x509",
            "-req",
            "-in",
            "r.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            hash,
            "-days",
            "300",
            "-copy_extensions",
            "copy",
            "-set_serial",
            "7",
            "-out",
            "s.der",
            "-outform",
            "DER",
        ];
        run(at, &signing);
        let roots = Roots::none().with_extra(&std::fs::read(at.join("ca.pem")).unwrap()).unwrap();
        let der = std::fs::read(at.join("s.der")).unwrap();
        let chain = chain::read(&[der], Some("www.example.test"), jiff::Timestamp::now(), &roots);
        let said = summary(&chain);
        assert!(said.starts_with("other: a signature in the chain"), "{key} {hash}: {said}");
    }
}
