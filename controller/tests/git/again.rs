//! One fetcher that reads again and again, as the daemon's does.

use crate::fleet::{PLAIN, Place, read, show};

#[tokio::test]
async fn what_was_read_before_stands_for_nothing_else() {
    let place = Place::new();
    let origin = place.empty_repository();
    for folder in ["one", "other"] {
        origin.write(&format!("{folder}/platform.yaml"), "kind: Platform\n");
        origin.write(&format!("{folder}/members/barzago.yaml"), format!("kind: {folder}\n"));
    }
    let first = origin.commit();
    origin.git(&["branch", "aside"]);
    let fetcher = place.fetcher();
    let one = "members/barzago.yaml: \"kind: one\\n\"\nplatform.yaml: \"kind: Platform\\n\"\n";
    let other = one.replace("one", "other");
    for (fragment, expected) in
        [("#main:one", one), ("#main:one", one), ("#main:other", &other), ("#aside:one", one)]
    {
        let seen = read(&fetcher, &origin.source(fragment)).await.unwrap();
        assert_eq!((show(&seen).as_str(), seen.commit.as_deref()), (expected, Some(first.as_str())));
    }
    origin.write("one/members/barzago.yaml", "kind: Member\n");
    let second = origin.commit();
    let seen = read(&fetcher, &origin.source("#main:one")).await.unwrap();
    assert_eq!((show(&seen).as_str(), seen.commit), (PLAIN, Some(second)));
    // back to what was read first
    origin.git(&["reset", "--quiet", "--hard", &first]);
    let seen = read(&fetcher, &origin.source("#main:one")).await.unwrap();
    assert_eq!((show(&seen).as_str(), seen.commit), (one, Some(first)));
}

#[tokio::test]
async fn a_private_repository_that_lost_a_part_is_made_whole() {
    let place = Place::new();
    let origin = place.fleet();
    let source = origin.source("");
    read(&place.fetcher(), &source).await.unwrap();
    let private = place.path("state/git/fleet.git");
    for part in ["HEAD", "config"] {
        std::fs::remove_file(private.join(part)).unwrap();
        assert_eq!(show(&read(&place.fetcher(), &source).await.unwrap()), PLAIN, "without {part}");
    }
}
