//! A real registry behind a door that a test can close politely, or open by a crack.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use crate::documents::SITE;
use crate::engine::{docker, try_docker, until};
use crate::room::free_port;

/// What the door does with who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Lets everybody through.
    Open,
    /// Says that there were too many requests.
    Busy,
    /// Lets answers through at four kilobytes a second.
    Slow,
}

pub struct Registry {
    process: Child,
    port: u16,
    shared: Arc<Shared>,
    images: Vec<String>,
    folder: TempDir,
}

struct Shared {
    door: Mutex<Door>,
    behind: u16,
    turned_away: AtomicUsize,
    trickled: AtomicUsize,
}

impl Registry {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, behind] = [free_port(), free_port()];
        let config = folder.path().join("config.yml");
        let root = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http: {{addr: \"127.0.0.1:{behind}\"}}\n",
            root.display()
        );
        std::fs::write(&config, text).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs the program docker-registry: install Debian's package docker-registry");
        until("the registry listens", || TcpStream::connect(("127.0.0.1", behind)).is_ok());
        let (turned_away, trickled) = Default::default();
        let shared = Arc::new(Shared { door: Mutex::new(Door::Open), behind, turned_away, trickled });
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let door = Arc::clone(&shared);
        std::thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                let door = Arc::clone(&door);
                std::thread::spawn(move || door.take(visitor));
            }
        });
        Self { process, port, shared, images: Vec::new(), folder }
    }

    /// Puts an image there that works as a site and has a layer that is nowhere else; gives its reference.
    pub fn fill(&mut self) -> String {
        let image = format!("127.0.0.1:{}/site:{}", self.port, self.images.len() + 1);
        let mut content = vec![0; 400 << 10];
        std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut content).unwrap();
        let file = self.folder.path().join("content");
        std::fs::write(&file, content).unwrap();
        let container = docker(&["create", SITE]);
        docker(&["cp", file.to_str().unwrap(), &format!("{container}:/content")]);
        docker(&["commit", &container, &image]);
        docker(&["rm", &container]);
        docker(&["push", "--quiet", &image]);
        docker(&["rmi", &image]);
        self.images.push(image.clone());
        image
    }

    pub fn set(&self, door: Door) {
        *self.shared.door.lock().unwrap() = door;
    }

    /// How many requests were turned away.
    pub fn turned_away(&self) -> usize {
        self.shared.turned_away.load(Ordering::SeqCst)
    }

    /// How many bytes of answers went through the crack.
    pub fn trickled(&self) -> usize {
        self.shared.trickled.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn door(&self) -> Door {
        *self.door.lock().unwrap()
    }

    fn take(self: Arc<Self>, mut visitor: TcpStream) {
        if self.door() == Door::Busy {
            self.turned_away.fetch_add(1, Ordering::SeqCst);
            return turn_away(&mut visitor);
        }
        let Ok(registry) = TcpStream::connect(("127.0.0.1", self.behind)) else { return };
        let (mut there, mut back) = (visitor.try_clone().unwrap(), registry.try_clone().unwrap());
        std::thread::spawn(move || {
            // either side may end the connection at any time
            let _ = std::io::copy(&mut there, &mut back);
            let _ = back.shutdown(Shutdown::Write);
        });
        self.answer(registry, visitor);
    }

    fn answer(&self, mut registry: TcpStream, mut visitor: TcpStream) {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let slow = self.door() == Door::Slow;
            let most = if slow { 400 } else { buffer.len() };
            let Ok(count @ 1..) = registry.read(&mut buffer[..most]) else { break };
            if slow {
                std::thread::sleep(Duration::from_millis(100));
                self.trickled.fetch_add(count, Ordering::SeqCst);
            }
            if visitor.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        // who is gone is told nothing
        let _ = visitor.shutdown(Shutdown::Both);
        let _ = registry.shutdown(Shutdown::Both);
    }
}

/// As registries do that count the pulls of an address.
fn turn_away(visitor: &mut TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && visitor.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    let body =
        r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"#;
    let answer = format!(
        "HTTP/1.1 429 Too Many Requests\r\nDocker-Distribution-Api-Version: registry/2.0\r\nRetry-After: 5\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // who does not wait for the answer needs none
    let _ = visitor.write_all(answer.as_bytes());
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.set(Door::Open);
        let _ = self.process.kill();
        let _ = self.process.wait();
        for image in &self.images {
            // one that was never pulled is not there
            let _ = try_docker(&["rmi", "--force", image]);
        }
    }
}
