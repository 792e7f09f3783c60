//! The street's authorities and certificates, each with the fault that its house is known for. Made by openssl.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a certificate is made. What is not said is as it should be.
#[derive(Clone, Copy)]
pub struct Paper {
    /// The names in it; none: that of the house.
    pub names: &'static str,
    /// `openssl genpkey` arguments of its key.
    pub key: &'static [&'static str],
    /// The hash of its signature.
    pub hash: &'static str,
    /// Days before today on which it was made, and days that it lasts from then on.
    pub days: (u32, u32),
    /// Who signs it.
    pub by: By,
    /// Whether the intermediate is served with it.
    pub whole: bool,
}

/// Who signs a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The street's intermediate authority.
    Authority,
    /// Itself.
    Itself,
}

const RSA_2048: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
/// A key on P-256.
pub const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
/// A key that could be broken.
pub const RSA_1024: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];

/// A certificate without a fault.
pub const GOOD: Paper =
    Paper { names: "", key: RSA_2048, hash: "sha256", days: (10, 90), by: By::Authority, whole: true };

/// The folder of all papers.
pub struct Papers {
    folder: PathBuf,
}

impl Papers {
    /// Makes the authorities.
    pub fn found(folder: &Path) -> Self {
        let papers = Self { folder: folder.to_owned() };
        papers.write(
            "authority.ext",
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n",
        );
        papers.key("root", RSA_2048);
        papers.openssl(
            "500 days ago",
            "req -x509 -new -key root.key -sha256 -days 3650 -subj /O=Street/CN=Street-Root -out root.pem \
             -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign",
        );
        papers.key("middle", RSA_2048);
        papers.openssl(
            "now",
            "req -new -key middle.key -subj /O=Street/CN=Street-Intermediate -out middle.csr",
        );
        papers.openssl(
            "490 days ago",
            "x509 -req -in middle.csr -CA root.pem -CAkey root.key -set_serial 2 -sha256 -days 2000 \
             -extfile authority.ext -out middle.pem",
        );
        papers
    }

    /// The root that visitors of the street trust.
    pub fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// Makes a certificate: its chain, and its key.
    pub fn issue(&self, house: &str, paper: Paper) -> (PathBuf, PathBuf) {
        let name = house.split('.').next().unwrap();
        let names = if paper.names.is_empty() {
            format!("DNS:{house},DNS:www.{house}")
        } else {
            paper.names.to_owned()
        };
        self.key(name, paper.key);
        let use_of = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n";
        self.write(&format!("{name}.ext"), &format!("{use_of}subjectAltName={names}\n"));
        let (ago, life) = paper.days;
        let begun = format!("{ago} days ago");
        self.openssl("now", &format!("req -new -key {name}.key -subj /CN={house} -out {name}.csr"));
        let signer = match paper.by {
            By::Authority => "-CA middle.pem -CAkey middle.key".to_owned(),
            By::Itself => format!("-signkey {name}.key"),
        };
        let hash = paper.hash;
        self.openssl(
            &begun,
            &format!(
                "x509 -req -in {name}.csr {signer} -set_serial 0x1000{ago} -{hash} -days {life} \
                 -extfile {name}.ext -out {name}.leaf.pem"
            ),
        );
        let leaf = self.read(&format!("{name}.leaf.pem"));
        let chain =
            if paper.whole && paper.by == By::Authority { leaf + &self.read("middle.pem") } else { leaf };
        self.write(&format!("{name}.pem"), &chain);
        (self.folder.join(format!("{name}.pem")), self.folder.join(format!("{name}.key")))
    }

    fn key(&self, name: &str, arguments: &[&str]) {
        let pkcs8 = format!("{name}.pkcs8");
        self.run(Command::new("openssl").arg("genpkey").args(arguments).args(["-out", &pkcs8]));
        // servers of long ago read keys in the old form alone
        let kind = if arguments == P256 { "ec" } else { "rsa" };
        let old = if kind == "rsa" { &["-traditional"][..] } else { &[] };
        self.run(Command::new("openssl").arg(kind).args(old).args([
            "-in",
            &pkcs8,
            "-out",
            &format!("{name}.key"),
        ]));
    }

    /// Runs openssl as if it were then.
    fn openssl(&self, then: &str, arguments: &str) {
        self.run(Command::new("faketime").arg(then).arg("openssl").args(arguments.split_whitespace()));
    }

    fn run(&self, command: &mut Command) {
        let output = command.current_dir(&self.folder).stdin(Stdio::null()).output();
        let output =
            output.expect("this test needs openssl and faketime: install Debian's packages of these names");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }
}
