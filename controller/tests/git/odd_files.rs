//! One bad file is said at its path, and everything else goes on.

use std::os::unix::fs::symlink;

use crate::fleet::{Place, Repository, read, show};
use campanile::git::Limits;
use expect_test::expect;

/// Files that a repository and a folder may hold alike.
fn odd_files(origin: &Repository) {
    origin.write("platform.yaml", "kind: Platform\n");
    origin.write("members/barzago.yaml", "viganò\n");
    origin.write("members/binary.yaml", b"\x7fELF\0\0");
    origin.write("members/calco.yml", "kind: Member\n");
    origin.write("members/latin1.yaml", b"a\nb\nvigan\xf2");
    origin.write("members/huge.yaml", vec![b'a'; 10_000_000]);
    origin.write("members/limit.yml.yaml", "");
    origin.write("members/README.md", "not read");
    origin.write("members/.barzago.yaml", "not read");
    origin.write("members/group/deep.yaml", "not read");
    origin.write("members/folder.yaml/x", "not read");
    let link = |to: &str, at: &str| symlink(to, origin.path.join(at)).unwrap();
    link("/etc/passwd", "members/passwd.yaml");
    link("barzago.yaml", "members/twin.yaml");
}

#[tokio::test]
async fn odd_files_of_a_repository() {
    let place = Place::new();
    let origin = place.empty_repository();
    odd_files(&origin);
    let first = origin.commit();
    let submodule = format!("160000,{first},members/submodule.yaml");
    origin.git(&["update-index", "--add", "--cacheinfo", &submodule]);
    origin.git(&["commit", "--quiet", "--message=submodule"]);
    let snapshot = place.read(&origin.source("")).await.unwrap();
    expect![[r#"
        members/barzago.yaml: "viganò\n"
        members/binary.yaml: it is binary, or text in UTF-16; write it as text in UTF-8
        members/calco.yml: its name does not end in .yaml; rename it to end in .yaml
        members/folder.yaml: it is a folder; put a file there, or give it another name
        members/huge.yaml: it is larger than 256 KiB; a document has a few kilobytes; take out what does not belong in it
        members/latin1.yaml: it is not UTF-8 text (line 3); save it in UTF-8
        members/limit.yml.yaml: ""
        members/passwd.yaml: it is a symbolic link; put the file itself there
        members/submodule.yaml: it is a submodule; commit the file itself
        members/twin.yaml: it is a symbolic link; put the file itself there
        platform.yaml: "kind: Platform\n"
        doubt: members/group is a folder; documents are read from members/ directly
    "#]].assert_eq(&show(&snapshot));
}

#[tokio::test]
async fn odd_files_of_a_folder() {
    let place = Place::new();
    let origin = Repository { path: place.path("fleet") };
    odd_files(&origin);
    let pipe = origin.path.join("members/pipe.yaml");
    rustix::fs::mkfifoat(rustix::fs::CWD, pipe, rustix::fs::Mode::RWXU).unwrap();
    let snapshot = place.read(&origin.source("")).await.unwrap();
    assert_eq!(snapshot.commit, None);
    expect![[r#"
        members/barzago.yaml: "viganò\n"
        members/binary.yaml: it is binary, or text in UTF-16; write it as text in UTF-8
        members/calco.yml: its name does not end in .yaml; rename it to end in .yaml
        members/folder.yaml: it is a folder; put a file there, or give it another name
        members/huge.yaml: it is larger than 256 KiB; a document has a few kilobytes; take out what does not belong in it
        members/latin1.yaml: it is not UTF-8 text (line 3); save it in UTF-8
        members/limit.yml.yaml: ""
        members/passwd.yaml: it is a symbolic link; put the file itself there
        members/pipe.yaml: it is a pipe, a socket or a device; put a file there
        members/twin.yaml: it is a symbolic link; put the file itself there
        platform.yaml: "kind: Platform\n"
        doubt: members/group is a folder; documents are read from members/ directly
    "#]].assert_eq(&show(&snapshot));
}

#[tokio::test]
async fn members_that_are_no_folder_are_a_doubt() {
    let place = Place::new();
    let origin = place.empty_repository();
    origin.write("platform.yaml", "");
    origin.write("elsewhere/barzago.yaml", "");
    symlink("elsewhere", origin.path.join("members")).unwrap();
    origin.commit();
    let snapshot = place.read(&origin.source("")).await.unwrap();
    expect![[r#"
        platform.yaml: ""
        doubt: members is a symbolic link, not a folder
        doubt: members/ has no document
    "#]]
    .assert_eq(&show(&snapshot));
    std::fs::remove_dir_all(origin.path.join(".git")).unwrap();
    let snapshot = place.read(&origin.source("")).await.unwrap();
    expect![[r#"
        platform.yaml: ""
        doubt: members/ cannot be read: it is a symbolic link or a file where a folder should be
        doubt: members/ has no document
    "#]]
    .assert_eq(&show(&snapshot));
}

#[tokio::test]
async fn too_many_documents_are_a_doubt() {
    let place = Place::new();
    let origin = place.fleet();
    for name in ["calco", "dervio", "ello"] {
        origin.write(&format!("members/{name}.yaml"), "x".repeat(60));
    }
    origin.commit();
    let mut fetcher = place.fetcher();
    for (limits, doubt) in [
        (
            Limits { files: 3, ..Limits::default() },
            "the fleet has more than 3 documents; only the first 3 were read",
        ),
        (
            Limits { total_bytes: 100, ..Limits::default() },
            "the documents have more than 100 bytes together; the last were not read",
        ),
    ] {
        fetcher.limits = limits;
        let snapshot = read(&fetcher, &origin.source("")).await.unwrap();
        assert!(snapshot.doubts.contains(&doubt.to_owned()), "{:?}", snapshot.doubts);
        std::fs::rename(origin.path.join(".git"), place.path("git")).unwrap();
        let snapshot = read(&fetcher, &origin.source("")).await.unwrap();
        assert!(snapshot.doubts.contains(&doubt.to_owned()), "{:?}", snapshot.doubts);
        std::fs::rename(place.path("git"), origin.path.join(".git")).unwrap();
    }
}
