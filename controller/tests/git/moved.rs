//! A fleet that comes from elsewhere than when it was last applied.

use std::collections::BTreeMap;

use campanile::fleet::Fleet;
use campanile::git::Source;
use campanile::state::State;
use jiff::Timestamp;

use crate::fleet::Place;

#[tokio::test]
async fn another_source_is_a_doubt_unless_its_history_goes_on() {
    let place = Place::new();
    let state = State::open(&place.path("state")).unwrap();
    let origin = place.fleet();
    let copy = place.path("copy").display().to_string();
    origin.git(&["clone", "--quiet", ".", &copy]);
    let stranger = place.path("stranger").display().to_string();
    origin.git(&["clone", "--quiet", ".", &stranger]);
    origin.git(&["-C", &stranger, "commit", "--quiet", "--amend", "--message=another history"]);
    // the same files without a history
    let [folder, other] = ["folder", "other"].map(|name| place.path(name).display().to_string());
    for folder in [&folder, &other] {
        origin.git(&["clone", "--quiet", ".", folder]);
        std::fs::remove_dir_all(std::path::Path::new(folder).join(".git")).unwrap();
    }

    let commit = origin.git(&["rev-parse", "HEAD"]);
    let amended = origin.git(&["-C", &stranger, "rev-parse", "HEAD"]);
    for (from, to, expected) in [
        (&copy, &copy, None),
        (&copy, &format!("{copy}#main"), None),
        (&folder, &other, None),
        (&copy, &stranger, Some(format!("from {copy} at commit {commit} to {stranger}"))),
        (&copy, &folder, Some(format!("from {copy} at commit {commit} to {folder}"))),
        (&folder, &stranger, Some(format!("from the folder {folder} to {stranger}"))),
        (&stranger, &copy, Some(format!("from {stranger} at commit {amended} to {copy}"))),
    ] {
        let [from, to] = [from, to].map(|source| Source::parse(source).unwrap());
        let _ = std::fs::remove_file(state.folder().join("fleet.json"));
        let applied = Fleet::load(&place.fetcher(), &from, &state, &BTreeMap::new()).await.unwrap();
        applied.record(&state, &from, Timestamp::UNIX_EPOCH).unwrap();
        let fleet = Fleet::load(&place.fetcher(), &to, &state, &BTreeMap::new()).await.unwrap();
        let expected: Vec<String> =
            expected.iter().map(|change| format!("the fleet's source changed {change}")).collect();
        assert_eq!(fleet.snapshot.doubts, expected, "{from} {to}");
    }
}
