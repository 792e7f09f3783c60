//! A daemon without a loop: HTTP on a port of its own, with a board that a test fills.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use campanile::audit::known::KnownAudit;
use campanile::audit::store::{Found, Graded, Summary};
use campanile::board::{Backoff, Board, Fetched, Published};
use campanile::http::{App, Secret, serve, token};
use campanile::known::{Asked, Known, KnownDns, KnownZone, Member, Since, Spending};
use campanile::metrics::Metrics;
use campanile_audit::grades::Scheme;
use campanile_audit::rules::{Area, Weight};
use campanile_plan::docker::Answer;
use campanile_plan::plan::{Held, Plan};
use campanile_plan::report::{Condition, Retired, Status};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// What the webhook's calls are signed with.
pub const SECRET: &str = "a secret of the forge";

/// A daemon that listens.
pub struct Daemon {
    pub address: SocketAddr,
    pub board: Board,
    /// Its header `Authorization`.
    pub authorization: String,
    pub runtime: Runtime,
    pub stop: Option<oneshot::Sender<()>>,
    pub served: Option<tokio::task::JoinHandle<()>>,
    _state: TempDir,
}

/// How a daemon is started.
pub struct Options {
    pub webhook: bool,
    pub metrics_open: bool,
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { webhook: true, metrics_open: false, patience: Duration::from_mins(10) }
    }
}

impl Options {
    pub fn start(self) -> Daemon {
        let state = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let board = Board::new(at("2026-11-23T08:00:00Z"), self.patience);
        let metrics = Arc::new(Metrics::new("0.0.0-test").unwrap());
        let token = token(state.path(), None).unwrap();
        let authorization = token.authorization();
        let secret = self.webhook.then(|| Secret::new(SECRET.to_owned()).unwrap());
        let app = App::new(board.clone(), metrics, token, secret, self.metrics_open);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = runtime.spawn(serve(listener, app, async {
            let _ = stopped.await;
        }));
        let (stop, served) = (Some(stop), Some(served));
        Daemon { address, board, authorization, runtime, stop, served, _state: state }
    }
}

/// A daemon that knows two members.
pub fn daemon() -> Daemon {
    let daemon = Options::default().start();
    daemon.board.publish(published());
    daemon
}

pub fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn member(name: &str, kind: &'static str, status: Status, reason: &'static str) -> Member {
    let condition = |kind, status, reason| Since {
        condition: Condition { kind, status, reason, message: "as it \"is\"\n".to_owned() },
        observed_commit: Some("c0ffee".to_owned()),
        last_transition_time: at("2026-11-23T09:00:00Z"),
    };
    Member {
        name: name.parse().unwrap(),
        ready: status == Status::True,
        commit: Some("c0ffee".to_owned()),
        conditions: vec![condition("DocumentValid", Status::True, "Valid"), condition(kind, status, reason)],
    }
}

/// Everything that there can be to tell.
fn zone() -> KnownZone {
    let served = [("ns1.cst.test", Some(7)), ("ns2.cst.test", Some(6)), ("ns3.cst.test", None)];
    KnownZone {
        member: "calco".parse().unwrap(),
        serial: 7,
        records: 12,
        signed_until: Some(at("2026-12-01T00:00:00Z")),
        served: served.map(|(server, answer)| (server.parse().unwrap(), answer)).into(),
    }
}

/// The last audit, of calco, and of one that left meanwhile.
fn audit() -> KnownAudit {
    let graded = |scheme, object: &str, grade: &str| Graded {
        scheme,
        object: object.to_owned(),
        worst: grade.to_owned(),
        best: grade.to_owned(),
    };
    let calco = Summary {
        title: "Comune di Calco".to_owned(),
        class: "mal configurato".to_owned(),
        grades: vec![
            graded(Scheme::SslLabs, "www.calco.test", "B"),
            graded(Scheme::InternetNl, "comune.calco.test", "80"),
        ],
        ends: BTreeMap::from([("www.calco.test".to_owned(), at("2027-02-01T00:00:00Z"))]),
        found: BTreeMap::from([(
            "tls-old-versions".to_owned(),
            Found { area: Area::Tls, weight: Weight::Major, fails: 2, unknown: 0 },
        )]),
        trusted: Some(true),
        untrusted: Vec::new(),
        has_domain: true,
        has_mail: false,
    };
    let seen = at("2026-11-23T02:30:10Z");
    KnownAudit {
        ended: at("2026-11-23T02:31:00Z"),
        seconds: 42.5,
        connections: 600,
        members: ["calco", "gone"].map(|name| (name.parse().unwrap(), (seen, calco.clone()))).into(),
    }
}

pub fn published() -> Published {
    let asked = |member: &str, answer, seconds| Asked {
        member: member.parse().unwrap(),
        answer,
        shown: None,
        seconds,
    };
    let nothing = Answer::Nothing("connection refused".to_owned());
    let answers = BTreeMap::from([
        ("www.calco.test".parse().unwrap(), asked("calco", Answer::Status(200), 0.012)),
        ("www.lecco.test".parse().unwrap(), asked("lecco", nothing, 5.0)),
    ]);
    let left = Retired {
        name: "erve".parse().unwrap(),
        since: "2026-11-20".to_owned(),
        volumes: vec!["lecco.erve.data".to_owned()],
    };
    let known = Known {
        commit: Some("c0ffee".to_owned()),
        members: vec![
            member("calco", "SiteServed", Status::True, "Served"),
            member("lecco", "SiteServed", Status::False, "NoAnswer"),
            member("varenna", "SiteServed", Status::Unknown, "NotAsked"),
        ],
        retired: [left].into(),
        answers,
        certificates: BTreeMap::from([("calco".parse().unwrap(), at("2027-02-01T00:00:00Z"))]),
        issuers: BTreeMap::from([(
            "encrypt".parse().unwrap(),
            Spending { orders: 7, failures: 2, left: 293, open: 1 },
        )]),
        dns: Some(KnownDns {
            is_up: true,
            zones: BTreeMap::from([("comune.calco.test".parse().unwrap(), zone())]),
        }),
        audit: Some(Arc::new(audit())),
    };
    let held = Held {
        member: "erve".parse().unwrap(),
        objects: vec!["network lecco.erve".to_owned()],
        because: "too many".to_owned(),
    };
    let plan = Plan { lanes: Vec::new(), held: vec![held.clone()] };
    let plan = serde_json::to_value(plan.document(Some("c0ffee"), None, &[])).unwrap();
    let then = at("2026-11-23T09:30:00Z");
    Published {
        started: at("2026-11-23T08:00:00Z"),
        known: Arc::new(known),
        plan: Arc::new(plan),
        held: vec![held],
        problems: 3,
        engines: BTreeMap::from([("local".parse().unwrap(), true), ("valle".parse().unwrap(), false)]),
        fetched: Fetched {
            at: Some(then),
            commit: Some("c0ffee".to_owned()),
            error: Some("gone".to_owned()),
        },
        looked: Some(then),
        passed: Some(then),
        backoff: vec![Backoff { lane: "local/lecco".to_owned(), attempts: 4, until: then }],
        troubles: vec!["the state folder cannot be written".to_owned()],
    }
}
