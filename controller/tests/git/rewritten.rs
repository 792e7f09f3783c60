//! Which commit is read, and whether the branch went on from the last one.

use crate::fleet::{PLAIN, Place, read, show};
use campanile::git::{FetchError, Source};

#[tokio::test]
async fn the_commit_is_read_and_not_the_work_tree() {
    let place = Place::new();
    let origin = place.fleet();
    let commit = origin.git(&["rev-parse", "HEAD"]);
    origin.write("platform.yaml", "not committed");
    origin.write("members/calco.yaml", "not committed");
    let snapshot = place.read(&origin.source("")).await.unwrap();
    assert_eq!(snapshot.commit, Some(commit));
    assert_eq!(show(&snapshot), PLAIN);
}

#[tokio::test]
async fn branch_and_folder_are_those_that_are_named() {
    let place = Place::new();
    let origin = place.empty_repository();
    origin.write("README.md", "the fleet is elsewhere");
    let first = origin.commit();
    origin.git(&["checkout", "--quiet", "-b", "release/2.x"]);
    origin.write("a/b c/platform.yaml", "kind: Platform\n");
    origin.write("a/b c/members/barzago.yaml", "kind: Member\n");
    origin.commit();
    origin.git(&["checkout", "--quiet", "main"]);
    for source in ["#release/2.x:a/b c", "/.git#release/2.x:a/b c"] {
        let snapshot = place.read(&origin.source(source)).await.unwrap();
        assert_eq!(show(&snapshot), PLAIN, "{source}");
    }
    let url = format!("file://{}#release/2.x:/a/b c/", origin.path.display());
    assert_eq!(show(&place.read(&url).await.unwrap()), PLAIN);
    for (fragment, expected) in [
        (
            "",
            format!(
                "{0} at commit {first} has neither platform.yaml nor members/*.yaml; this is not a fleet",
                origin.source("")
            ),
        ),
        (
            "#main:a",
            format!(
                "commit {first} of {} has no folder \"a\"; name the folder with platform.yaml in it",
                origin.source("")
            ),
        ),
        (
            "#main:README.md",
            format!(
                "commit {first} of {} has no folder \"README.md\"; name the folder with platform.yaml in it",
                origin.source("")
            ),
        ),
        (
            "#develop",
            format!(
                "the repository {} has no branch develop; push to it first, or name another branch",
                origin.source("")
            ),
        ),
    ] {
        let error = place.read(&origin.source(fragment)).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{fragment}");
    }
}

#[tokio::test]
async fn a_rewritten_branch_is_a_doubt() {
    let place = Place::new();
    let origin = place.fleet();
    let source = Source::parse(&origin.source("#main")).unwrap();
    let fetcher = place.fetcher();
    let first = fetcher.fetch(&source, None).await.unwrap().commit.unwrap();
    origin.write("members/barzago.yaml", "two");
    let second = origin.commit();
    let snapshot = fetcher.fetch(&source, Some(&first)).await.unwrap();
    assert_eq!((snapshot.commit, snapshot.doubts), (Some(second.clone()), vec![]));
    fetcher.keep(&second).await.unwrap();

    origin.git(&["reset", "--quiet", "--hard", &first]);
    origin.write("members/barzago.yaml", "three");
    let third = origin.commit();
    let snapshot = fetcher.fetch(&source, Some(&second)).await.unwrap();
    assert_eq!(
        snapshot.doubts,
        [format!("branch main was rewritten: {second} (last applied) is not among the ancestors of {third}")]
    );
    assert_eq!(snapshot.files["members/barzago.yaml"], Ok("three".to_owned()));
    assert!(fetcher.is_ancestor(&first, &third).await.unwrap());
    assert!(fetcher.is_ancestor(&third, &third).await.unwrap());
    assert!(!fetcher.is_ancestor(&second, &third).await.unwrap());
    assert!(!fetcher.is_ancestor(&"1".repeat(40), &third).await.unwrap());
    let error = fetcher.is_ancestor("--all", &third).await;
    assert!(matches!(error, Err(FetchError::Commit { .. })));
}

#[tokio::test]
async fn an_empty_repository_is_said() {
    let place = Place::new();
    let origin = place.empty_repository();
    for (fragment, branch) in [("", "the default branch"), ("#main", "branch main")] {
        let error = read(&place.fetcher(), &origin.source(fragment)).await.unwrap_err();
        let expected = format!(
            "the repository {} has no {branch}; push to it first, or name another branch",
            origin.path.display()
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_bare_and_a_shallow_repository_are_read() {
    let place = Place::new();
    let origin = place.fleet();
    origin.commit();
    let from = format!("file://{}", origin.path.display());
    for (name, option) in [("bare", "--bare"), ("shallow", "--depth=1")] {
        let to = place.path(name);
        origin.git(&["clone", "--quiet", option, &from, to.to_str().unwrap()]);
        let snapshot = place.read(to.to_str().unwrap()).await.unwrap();
        assert_eq!(show(&snapshot), PLAIN, "{name}");
        assert!(snapshot.commit.is_some());
    }
}
