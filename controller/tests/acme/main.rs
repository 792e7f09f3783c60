//! The hands at an issuer that does what Pebble does not: it wants to be asked later, issues for fewer names, or by a root that
//! nobody trusts. Whatever it does, there is one order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod issuer;

use std::collections::BTreeSet;

use campanile::acme::{Acme, AcmeError};
use campanile::state::{State, Trust};
use campanile_plan::certificate::OrderStage;
use campanile_plan::document::values::{CertificateName, MemberName};
use campanile_plan::document::{ChallengeKind, KeyType, Platform, parse};
use campanile_plan::plan::{Action, OrderRequest, Step};
use issuer::{Behaviour, Issuer};
use jiff::Timestamp;
use tempfile::TempDir;

/// The hands, a state folder of their own, and an issuer.
struct Room {
    issuer: Issuer,
    platform: Platform,
    state: State,
    acme: Acme,
    folder: TempDir,
}

impl Room {
    async fn new(behaviour: Behaviour) -> Self {
        let issuer = Issuer::start(behaviour).await;
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let (root, roots) = (write("root.pem", &issuer.https), write("roots.pem", &issuer.root));
        let text = format!(
            "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: lecco}}
spec:
  engines:
    - name: main
      endpoint: unix:///nowhere.sock
      range: 10.0.0.0/16
      ingress: {{image: 'a/b:1', http: 127.0.0.1:1, https: 127.0.0.1:2}}
  issuers:
    - name: fake
      directory: {}
      root: {root}
      roots: {roots}
",
            issuer.directory()
        );
        let platform: Platform = parse("platform.yaml", &text).unwrap();
        let state = State::open(&folder.path().join("state")).unwrap();
        let acme = Acme::new(&state);
        Self { issuer, platform, state, acme, folder }
    }

    async fn act(&self, action: Action) -> Result<(), AcmeError> {
        let member = Some(calco());
        let (object, because) = (String::new(), String::new());
        let step = Step { member, engine: None, object, because, changes: Vec::new(), action };
        self.acme.act(&self.platform, &step, Timestamp::now()).await
    }

    async fn register(&self) {
        let entry = &self.platform.spec.issuers[0];
        let (issuer, directory) = (entry.name.value.clone(), entry.directory.value.clone());
        self.act(Action::RegisterAccount { issuer, directory, contact: Vec::new() }).await.unwrap();
    }

    async fn place(&self, replaces: Option<&str>) -> Result<(), AcmeError> {
        self.act(Action::PlaceOrder(OrderRequest {
            issuer: fake(),
            names: names(),
            key_type: KeyType::EcdsaP256,
            challenge: ChallengeKind::Http01,
            profile: None,
            replaces: replaces.map(str::to_owned),
            exempt: false,
        }))
        .await
    }

    /// Takes the certificate of an order that is ready from the start.
    async fn take(&self) -> Result<(), AcmeError> {
        self.act(Action::FinalizeOrder { issuer: fake() }).await?;
        self.act(Action::TakeCertificate { issuer: fake(), names: names() }).await
    }

    fn spent(&self) -> usize {
        let history = campanile::history::History::read(self.state.folder()).unwrap().unwrap();
        history.ledger(self.platform.spec.issuers[0].directory.value.as_str()).unwrap().orders.len()
    }
}

fn fake() -> campanile_plan::document::values::IssuerName {
    "fake".parse().unwrap()
}

fn calco() -> MemberName {
    "calco".parse().unwrap()
}

fn names() -> BTreeSet<CertificateName> {
    ["www.calco.test", "calco.test"].map(|name| name.parse().unwrap()).into()
}

#[tokio::test]
async fn what_is_right_is_put_in_force() {
    let room = Room::new(Behaviour::Sound).await;
    room.register().await;
    room.place(Some("authority.serial")).await.unwrap();
    let looked = room.acme.look(&room.platform).await.unwrap();
    assert_eq!(looked.orders[&calco()].stage, OrderStage::Ready);
    room.take().await.unwrap();
    let mut trust = Trust::default();
    let roots = campanile::acme::roots(room.platform.spec.issuers[0].roots.as_ref()).unwrap();
    trust.add(&fake(), Some(roots));
    let observed = room.state.observe_certificates(&trust, Timestamp::now()).unwrap();
    assert_eq!(observed.certificates[&calco()].names, names());
    assert!(room.state.orders().unwrap().records.is_empty());
    assert_eq!((room.issuer.orders(), room.spent()), (1, 1));
    // by another root than it was issued, it is nobody's
    let mut other = Trust::default();
    other.add(&fake(), Some(rustls::RootCertStore::empty()));
    let observed = room.state.observe_certificates(&other, Timestamp::now()).unwrap();
    assert!(observed.certificates.is_empty() && !observed.left_out.is_empty());
}

#[tokio::test]
async fn one_that_wants_to_be_asked_later_is() {
    let room = Room::new(Behaviour::Busy).await;
    room.register().await;
    let before = Timestamp::now();
    let error = room.place(None).await.unwrap_err();
    assert!(error.to_string().contains("wants to be asked later"), "{error}");
    let refusal = &room.state.refusals().unwrap().records[&calco()];
    let hours = refusal.again.duration_since(before).as_hours();
    assert_eq!(hours, 2, "as its Retry-After says");
    assert!(refusal.why.contains("too many orders of this account"), "{}", refusal.why);
    assert_eq!(room.acme.look(&room.platform).await.unwrap().orders[&calco()].stage, OrderStage::Intended);

    room.issuer.behave(Behaviour::Sound);
    room.act(Action::ResumeOrder { issuer: fake() }).await.unwrap();
    room.take().await.unwrap();
    assert_eq!((room.issuer.orders(), room.spent()), (1, 1), "the same order, noted once");
    assert!(room.state.refusals().unwrap().records.is_empty());
}

#[tokio::test]
async fn a_certificate_for_fewer_names_is_not_put_in_force() {
    let room = Room::new(Behaviour::Forgets("www.calco.test")).await;
    room.register().await;
    room.place(None).await.unwrap();
    let error = room.take().await.unwrap_err();
    assert!(error.to_string().contains("it is not for www.calco.test"), "{error}");
    assert!(room.state.leaf(&calco()).is_none());
    assert_eq!(room.state.orders().unwrap().records.len(), 1, "the order stays, and no other is placed");
    assert_eq!(room.issuer.orders(), 1);
}

#[tokio::test]
async fn a_chain_that_leads_elsewhere_is_not_put_in_force() {
    let room = Room::new(Behaviour::OtherRoot).await;
    room.register().await;
    room.place(None).await.unwrap();
    let error = room.take().await.unwrap_err();
    assert!(error.to_string().contains("see the issuer's roots"), "{error}");
    assert!(room.state.leaf(&calco()).is_none());
}

#[tokio::test]
async fn what_was_replaced_already_is_ordered_like_any_other() {
    let room = Room::new(Behaviour::Replaced).await;
    room.register().await;
    room.place(Some("authority.serial")).await.unwrap();
    room.take().await.unwrap();
    assert_eq!(room.issuer.orders(), 1);
}

#[tokio::test]
async fn answers_without_end_are_not_read() {
    let room = Room::new(Behaviour::Floods).await;
    let entry = &room.platform.spec.issuers[0];
    let (issuer, directory) = (entry.name.value.clone(), entry.directory.value.clone());
    let error =
        room.act(Action::RegisterAccount { issuer, directory, contact: Vec::new() }).await.unwrap_err();
    assert!(error.to_string().contains("length limit exceeded"), "{error}");
}

#[tokio::test]
async fn no_order_without_a_place_to_note_it() {
    let room = Room::new(Behaviour::Sound).await;
    room.register().await;
    let path = room.folder.path().join("state").join(campanile::history::FILE);
    std::fs::create_dir(&path).unwrap();
    let error = room.place(None).await.unwrap_err();
    assert!(error.to_string().contains("no order is placed that cannot be noted"), "{error}");
    assert_eq!(room.issuer.orders(), 0);
    assert!(room.acme.look(&room.platform).await.unwrap().ledgers.is_empty());
}

#[tokio::test]
async fn keys_are_for_their_owner_alone_and_in_no_word() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new(Behaviour::Sound).await;
    room.register().await;
    room.place(None).await.unwrap();
    let state = room.folder.path().join("state");
    let mut seen = 0;
    for folder in ["acme/accounts", "acme/orders"] {
        for entry in std::fs::read_dir(state.join(folder)).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600);
            seen += 1;
        }
    }
    assert_eq!(seen, 3, "an account, an order and its key");
    let record =
        room.state.account(&fake(), &room.platform.spec.issuers[0].directory.value).unwrap().unwrap();
    let said = format!("{record:?}");
    assert!(!said.contains("key"), "{said}");
}
