//! What people write as a source, and what is understood.

use super::*;

fn check(text: &str, expected: &str) {
    let seen = match Source::parse(text) {
        Ok(Source::Folder(path)) => format!("folder {}", path.display()),
        Ok(Source::Git(Remote { url, branch, path })) => {
            format!("git {url} {} [{path}]", branch.as_deref().unwrap_or("-"))
        }
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(seen, expected, "{text}");
}

#[test]
fn sources() {
    check("/srv/fleet", "folder /srv/fleet");
    check("/srv/fleet#", "git /srv/fleet - []");
    check("/srv/fleet#main", "git /srv/fleet main []");
    check("/srv/fleet#main:", "git /srv/fleet main []");
    check("/srv/fleet#:a/b/", "git /srv/fleet - [a/b]");
    check(
        "https://git.example.test/cst/fleet.git#main:fleet",
        "git https://git.example.test/cst/fleet.git main [fleet]",
    );
    check(
        "ssh://git@git.example.test:2222/fleet#release/2.x",
        "git ssh://git@git.example.test:2222/fleet release/2.x []",
    );
    check("git@git.example.test:cst/fleet.git", "git git@git.example.test:cst/fleet.git - []");
    check("file:///srv/fleet.git", "git file:///srv/fleet.git - []");
}

#[test]
fn what_is_refused() {
    let scheme = |scheme: &str| {
        format!(
            "error: {scheme}:// is no way to a fleet: what it brings could be read or changed on the way; \
             use https://, ssh:// or file://"
        )
    };
    check("http://git.example.test/fleet", &scheme("http"));
    check("git://git.example.test/fleet", &scheme("git"));
    for with_user in [
        "https://me:s3cret@git.example.test/fleet",
        "https://glpat-s3cret@git.example.test/fleet",
        "https://@git.example.test/fleet",
        "ssh://git:s3cret@git.example.test/fleet",
    ] {
        check(
            with_user,
            "error: the URL of git.example.test has a user or password in it; \
             take it out, and name a file with user:password or a token by --git-password-file",
        );
    }
    let repository = "write https://host/path, ssh://user@host/path or file:///path";
    check(
        "ssh://-oProxyCommand=id/x",
        &format!("error: ssh://-oProxyCommand=id names no repository; {repository}"),
    );
    check("https:///x", &format!("error: https:// names no repository; {repository}"));
    for branch in ["--upload-pack=id", "a..b", "a b", "a.lock", "a/", "@{1}"] {
        check(
            &format!("/srv/fleet#{branch}"),
            &format!(
                "error: {branch:?} is not the name of a branch; write #branch:path, such as #main:fleet"
            ),
        );
    }
    check(
        "/srv/fleet#main:../x",
        "error: \"../x\" is not a folder inside the repository; write #branch:path, such as #main:fleet",
    );
    check("--upload-pack=id", "error: this names no source of a fleet; write a folder, or URL#branch:path");
}

#[test]
fn a_transport_helper_is_a_path() {
    let seen = Source::parse("ext::sh -c id").unwrap();
    assert!(matches!(seen, Source::Folder(_)), "{seen:?}");
}

#[test]
fn the_text_of_a_source_reads_back() {
    for text in ["/a#main:x", "https://h/x", "git@h:x#main", "/a#:x"] {
        assert_eq!(Source::parse(text).unwrap().to_string(), text);
    }
}
