//! Pulls from a real registry, and from one that wants to know who asks.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile::docker::StepError;
use campanile::scope::Part;
use campanile_plan::plan::Action;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fixture::{PASSWORD, Secrets, Stage, docker, step};

/// Debian's docker-registry on a free port, with a folder of its own.
struct Registry {
    process: Child,
    host: String,
    _folder: tempfile::TempDir,
}

impl Registry {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = free.local_addr().unwrap().to_string();
        drop(free);
        let root = folder.path().display();
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}/data}}}}\nhttp: {{addr: \"{host}\"}}\n"
        );
        std::fs::write(&config, text).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs Debian's docker-registry");
        let end = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&host).is_err() {
            assert!(Instant::now() < end, "docker-registry does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { process, host, _folder: folder }
    }

    /// Puts a tiny image there, and nowhere else; gives its reference by digest.
    fn fill(&self) -> String {
        let tag = format!("{}/livetest:1", self.host);
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        // Another digest with every registry, so that the engine does not have it already.
        let content = self.host.as_bytes();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, "host", content).unwrap();
        let mut import = Command::new("docker")
            .args(["import", "-", &tag])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let bytes = tar.into_inner().unwrap();
        import.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(import.wait().unwrap().success());
        let pushed = docker(&["push", &tag]);
        let digest = pushed.split_whitespace().find(|word| word.starts_with("sha256:"));
        let digest = digest.unwrap_or_else(|| panic!("{pushed}")).to_owned();
        docker(&["rmi", &tag]);
        format!("{}/livetest@{digest}", self.host)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn pulls_by_digest_and_says_what_is_missing() {
    let stage = Stage::new("pull").await;
    let registry = Registry::start();
    let image = registry.fill();
    let before = stage.engine.observe(None, &Part::everything()).await.unwrap();
    assert!(!before.images.contains(&image));

    let heard = Mutex::new(Vec::new());
    let hear = |line: &str| heard.lock().unwrap().push(line.to_owned());
    let pull = step(Action::PullImage { image: image.clone() });
    stage.engine.apply(&pull, &Secrets, &hear).await.unwrap();
    let after = stage.engine.observe(None, &Part::everything()).await.unwrap();
    docker(&["rmi", &image]);
    assert!(after.images.contains(&image), "{:?}", after.images);
    assert!(!heard.lock().unwrap().is_empty());

    let digest = format!("livetest@sha256:{}", "0".repeat(64));
    for missing in ["livetest:2", "nothing:1", &digest] {
        let image = format!("{}/{missing}", registry.host);
        let refused = stage.apply(Action::PullImage { image: image.clone() }).await;
        let text = refused.as_ref().unwrap_err().to_string();
        assert!(matches!(refused, Err(StepError::NoImage { .. })), "{refused:?}");
        assert_eq!(text, format!("there is no image {image}"));
    }
    let image = "127.0.0.1:1/site:1".to_owned();
    let unreachable = stage.apply(Action::PullImage { image }).await;
    assert!(matches!(unreachable, Err(StepError::Engine(_))), "{unreachable:?}");
}

/// Notes who asks, lets nobody in without a password, and has no image.
async fn guarded_registry() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let size = stream.read(&mut request).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..size]).into_owned();
            let line = request.lines().find(|line| line.starts_with("Authorization: "));
            let (status, body) = match line {
                Some(line) => {
                    noted.lock().unwrap().push(line.to_owned());
                    (
                        "404 Not Found",
                        r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#,
                    )
                }
                None => (
                    "401 Unauthorized",
                    r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#,
                ),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nDocker-Distribution-Api-Version: registry/2.0\r\nWWW-Authenticate: Basic realm=\"livetest\"\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, seen)
}

#[tokio::test]
async fn passwords_reach_the_registry_that_they_are_for() {
    let stage = Stage::new("password").await;
    let (port, seen) = guarded_registry().await;

    let image = format!("127.0.0.1:{port}/site:1");
    let unknown = stage.apply(Action::PullImage { image }).await;
    assert!(matches!(unknown, Err(StepError::Password { .. })), "{unknown:?}");
    assert!(seen.lock().unwrap().is_empty(), "the password was for localhost");

    let image = format!("localhost:{port}/site:1");
    let known = stage.apply(Action::PullImage { image }).await;
    assert!(matches!(known, Err(StepError::NoImage { .. })), "{known:?}");
    assert!(!format!("{known:?}").contains(PASSWORD));
    // base64 of campanile:PASSWORD
    let expected = "Authorization: Basic Y2FtcGFuaWxlOmE/Yj5jfmQ/ZT5mfj8+fg==";
    let seen = seen.lock().unwrap();
    assert!(seen.iter().all(|line| line == expected) && !seen.is_empty(), "{seen:?}");
}
