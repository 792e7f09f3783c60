//! A folder as the source: what is no fleet is said.

use crate::fleet::{Place, show};

#[tokio::test]
async fn what_is_no_fleet() {
    let place = Place::new();
    let path = place.path("fleet");
    let text = path.to_str().unwrap();
    let error = place.read(text).await.unwrap_err();
    assert_eq!(error.to_string(), format!("reading the folder {text}"));
    std::fs::create_dir(&path).unwrap();
    let error = place.read(text).await.unwrap_err();
    let expected = format!("{text} has neither platform.yaml nor members/*.yaml; this is not a fleet");
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn half_a_fleet_is_a_doubt() {
    let place = Place::new();
    let path = place.path("fleet");
    std::fs::create_dir_all(path.join("members")).unwrap();
    std::fs::write(path.join("platform.yaml"), "p").unwrap();
    let read = || place.read(path.to_str().unwrap());
    let seen = show(&read().await.unwrap());
    assert_eq!(seen, "platform.yaml: \"p\"\ndoubt: members/ has no document\n");
    std::fs::remove_file(path.join("platform.yaml")).unwrap();
    std::fs::write(path.join("members/barzago.yaml"), "m").unwrap();
    let seen = show(&read().await.unwrap());
    assert_eq!(seen, "members/barzago.yaml: \"m\"\ndoubt: platform.yaml is missing\n");
}
