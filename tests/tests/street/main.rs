//! A street of real servers, each with a fault or none, in a network of its own; and what the audit has to say of each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod houses;
mod papers;
mod peers;
mod report;
mod servers;
mod verdicts;

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use campanile_tests::country::{self, Country, until};
use houses::{HOUSES, House};
use papers::Papers;
use report::Report;
use servers::{Resident, Running};

/// The street, with everybody at home.
struct Street {
    // the servers end before their network and their folder
    _servers: Vec<Running>,
    _country: Country,
    folder: TempDir,
    papers: Papers,
}

impl Street {
    /// Opens it; this thread is in its network from now on.
    fn open() -> Self {
        let country = Country::enter();
        let folder = tempfile::tempdir().unwrap();
        let papers = Papers::found(folder.path());
        let mut servers = Vec::new();
        let places: Vec<(String, String)> = (1..).map(address).zip(HOUSES.iter().map(House::host)).collect();
        for (house, (address, host)) in HOUSES.iter().zip(&places) {
            servers.extend(servers::start(
                &house.resident,
                address,
                host,
                &papers,
                house.paper,
                folder.path(),
            ));
            if matches!(house.resident, Resident::Silence) {
                country::swallow(address);
            }
        }
        let doors = HOUSES.iter().zip(&places).map(|(house, (address, host))| {
            let tls = if let Resident::Nginx(nginx) = &house.resident {
                let (chain, key) = papers.issue(host, house.paper);
                Some((*nginx, chain.display().to_string(), key.display().to_string()))
            } else {
                None
            };
            servers::Door { host, address, port_80: house.port_80, tls }
        });
        servers.push(servers::open_doors(folder.path(), &doors.collect::<Vec<_>>()));
        until("nginx listens", || std::net::TcpStream::connect("127.0.6.1:443").is_ok());
        Self { _servers: servers, _country: country, folder, papers }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `campanile audit` over the whole street.
    fn audit(&self, arguments: &[&str]) -> Output {
        let list = self.path().join("street.txt");
        let hosts: Vec<String> = HOUSES.iter().map(House::host).collect();
        std::fs::write(&list, hosts.join("\n") + "\n").unwrap();
        let mut command = Command::new(campanile_tests::campanile());
        command.args(["audit", "--allow-private", "--list"]).arg(&list);
        command.arg("--extra-roots").arg(self.papers.root());
        command.arg("--state").arg(self.path().join("state"));
        for (number, host) in (1..).zip(&hosts) {
            command.args(["--resolve", &format!("{host}:{}", address(number))]);
            command.args(["--resolve", &format!("www.{host}:{}", address(number))]);
        }
        command.args(arguments).output().unwrap()
    }

    fn report(&self, arguments: &[&str]) -> Report {
        let output = self.audit(&[&["--output", "json"], arguments].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        Report::read(&output.stdout).unwrap_or_else(|error| panic!("no report: {error}\n{errors}"))
    }
}

/// The address of the house with a number.
fn address(number: u8) -> String {
    format!("127.0.6.{number}")
}
