//! Rollbacks of a fleet in a folder, from the arguments to the pin.

use std::path::Path;

use clap::Parser;

use super::*;
use crate::commands::Arguments;
use crate::commands::arguments::Command;

const PLATFORM: &str = "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {name: lecco}
spec:
  engines:
    - name: main
      endpoint: unix:///var/run/docker.sock
      range: 10.77.0.0/16
      ingress: {image: 'campanile/ingress:1', http: '127.0.0.1:8080', https: '127.0.0.1:8443'}
";

fn document(member: &str, host: &str, title: &str) -> String {
    format!(
        "apiVersion: campanile.it/v1alpha1\nkind: Member\nmetadata: {{name: {member}}}\nspec:\n  title: {title}\n  \
         domain: {{name: comune.{member}.lc.test}}\n  \
         site: {{image: 'campanile/site:1', hosts: [{host}.lc.test], port: 8080}}\n"
    )
}

/// A fleet of calco and lecco in a folder, with a state.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(scene.path("fleet/members")).unwrap();
        std::fs::create_dir(scene.path("state")).unwrap();
        std::fs::write(scene.path("fleet/platform.yaml"), PLATFORM).unwrap();
        scene.write("lecco", &document("lecco", "www.comune.lecco", "Lecco"));
        scene
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, member: &str, text: &str) {
        std::fs::write(self.path("fleet/members").join(format!("{member}.yaml")), text).unwrap();
    }

    fn history(&self) -> History {
        History::open(&self.path("state")).unwrap().history
    }

    fn worked(&self, text: &str) {
        self.history().note_good(&calco(), text, None, "2026-11-23T14:00:00Z".parse().unwrap()).unwrap();
    }

    /// Runs `campanile rollback` with these arguments: nothing, or why not.
    fn rollback(&self, arguments: &[&str]) -> Result<(), String> {
        let folder = |path: &Path| path.to_str().unwrap().to_owned();
        let (fleet, state) = (folder(&self.path("fleet")), folder(&self.path("state")));
        let common = ["campanile", "rollback", "--fleet", &fleet, "--state", &state];
        let parsed = Arguments::try_parse_from(common.iter().chain(arguments));
        let Command::Rollback(command) = parsed.map_err(|error| error.to_string())?.command else {
            panic!("another command")
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(run(command)).map(drop).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], words: &str) {
        let error = self.rollback(arguments).unwrap_err();
        assert!(error.contains(words), "{error}");
        assert!(self.history().pins().unwrap().is_empty());
    }

    fn pinned(&self) -> Option<String> {
        self.history().pins().unwrap().remove(&calco()).map(|pin| pin.text)
    }
}

fn calco() -> MemberName {
    "calco".parse().unwrap()
}

#[test]
fn back_and_forth() {
    let scene = Scene::new();
    let [one, two, three] = ["One", "Two", "Three"].map(|title| document("calco", "www.comune.calco", title));
    scene.worked(&one);
    scene.worked(&two);
    scene.write("calco", &three);
    scene.rollback(&["calco", "--dry-run"]).unwrap();
    assert_eq!(scene.pinned(), None, "a look alone");
    scene.rollback(&["calco"]).unwrap();
    let pin = scene.history().pins().unwrap().remove(&calco()).unwrap();
    assert_eq!((pin.text, pin.replaces), (two.clone(), sha256(three.as_bytes())));
    scene.worked(&two);
    scene.rollback(&["calco"]).unwrap();
    assert_eq!(scene.pinned().as_ref(), Some(&one), "once more, further back");
    scene.rollback(&["calco", "--to", &sha256(two.as_bytes())[..12]]).unwrap();
    assert_eq!(scene.pinned(), Some(two.clone()));
    scene.rollback(&["calco", "--list"]).unwrap();
    scene.rollback(&["calco", "--undo"]).unwrap();
    assert_eq!(scene.pinned(), None);
    scene.rollback(&["calco", "--undo"]).unwrap();
    scene.write("calco", &two);
    scene.rollback(&["calco"]).unwrap();
    assert_eq!(scene.pinned(), Some(one), "that of git is the newest that worked");
}

#[test]
fn a_broken_document_of_today_goes_back_to_what_worked() {
    let scene = Scene::new();
    let [one, two] = ["One", "Two"].map(|title| document("calco", "www.comune.calco", title));
    scene.worked(&one);
    scene.worked(&two);
    State::open(&scene.path("state")).unwrap().accept(&calco(), &two).unwrap();
    scene.write("calco", "kind: Member\n");
    scene.rollback(&["calco"]).unwrap();
    assert_eq!(scene.pinned(), Some(one), "the last valid one is in force already");
}

#[test]
fn refusals() {
    let scene = Scene::new();
    let today = document("calco", "www.comune.calco", "Today");
    scene.refused(&["calco"], "the fleet has no member calco");
    scene.refused(&["Calco"], "invalid value 'Calco'");
    scene.refused(&["calco", "--list", "--undo"], "cannot be used with");
    scene.write("calco", &today);
    scene.refused(&["calco"], "no document is known under which calco worked");
    scene.rollback(&["calco", "--list"]).unwrap();
    scene.worked(&today);
    scene.refused(&["calco"], "calco has nothing to go back to");
    scene.refused(&["calco", "--to", &sha256(today.as_bytes())], "is the one of today");
    scene.refused(&["calco", "--to", "c0ffee"], "is not known to have worked with a document of c0ffee");
    scene.worked(&document("calco", "www.comune.lecco", "Before lecco took the host"));
    scene.refused(&["calco"], "does not fit into the fleet of today");
}
