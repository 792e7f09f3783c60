//! A socket in front of the engine's own that a test can cut, freeze, or have answer with errors.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use crate::engine::endpoint;

/// What the proxy does with connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything on.
    Open,
    /// Ends those that are there, and every new one at once.
    Cut,
    /// Passes nothing on, and keeps everything open.
    Frozen,
    /// Answers every request with an error of the engine.
    Failing,
}

pub struct Proxy {
    path: PathBuf,
    shared: Arc<Shared>,
}

struct Shared {
    mode: Mutex<Mode>,
    changed: Condvar,
    open: Mutex<Vec<UnixStream>>,
    created: AtomicUsize,
    turned_away: AtomicUsize,
}

impl Proxy {
    pub fn new(path: PathBuf) -> Self {
        let listener = UnixListener::bind(&path).unwrap();
        let shared = Arc::new(Shared {
            mode: Mutex::new(Mode::Open),
            changed: Condvar::new(),
            open: Mutex::default(),
            created: AtomicUsize::new(0),
            turned_away: AtomicUsize::new(0),
        });
        let proxy = Self { path, shared: Arc::clone(&shared) };
        std::thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                shared.take(visitor);
            }
        });
        proxy
    }

    pub fn endpoint(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    pub fn set(&self, mode: Mode) {
        *self.shared.mode.lock().unwrap() = mode;
        self.shared.changed.notify_all();
        if matches!(mode, Mode::Cut | Mode::Failing) {
            for stream in self.shared.open.lock().unwrap().drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// How many containers were asked for so far.
    pub fn created(&self) -> usize {
        self.shared.created.load(Ordering::SeqCst)
    }

    /// How many connections or requests were cut, held up or answered with an error so far.
    pub fn turned_away(&self) -> usize {
        self.shared.turned_away.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn take(self: &Arc<Self>, visitor: UnixStream) {
        let mode = *self.mode.lock().unwrap();
        match mode {
            Mode::Cut => {
                self.turned_away.fetch_add(1, Ordering::SeqCst);
            }
            Mode::Failing => {
                self.turned_away.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || fail(visitor));
            }
            Mode::Open | Mode::Frozen => self.connect(visitor),
        }
    }

    fn connect(self: &Arc<Self>, visitor: UnixStream) {
        let Ok(engine) = UnixStream::connect(Path::new(endpoint().trim_start_matches("unix://"))) else {
            return;
        };
        let copies = [&visitor, &engine].map(|stream| stream.try_clone().unwrap());
        self.open.lock().unwrap().extend([&visitor, &engine].map(|stream| stream.try_clone().unwrap()));
        let [to_visitor, to_engine] = copies;
        let [there, back] = [Arc::clone(self), Arc::clone(self)];
        std::thread::spawn(move || there.pass(visitor, to_engine));
        std::thread::spawn(move || back.pass(engine, to_visitor));
    }

    /// Copies one direction of a connection, as long as it lasts.
    fn pass(&self, mut from: UnixStream, mut to: UnixStream) {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count) = from.read(&mut buffer) {
            let part = &buffer[..count];
            if part.windows(18).any(|window| window == b"/containers/create") {
                self.created.fetch_add(1, Ordering::SeqCst);
            }
            let mut mode = self.mode.lock().unwrap();
            if *mode == Mode::Frozen {
                self.turned_away.fetch_add(1, Ordering::SeqCst);
            }
            while *mode == Mode::Frozen {
                mode = self.changed.wait(mode).unwrap();
            }
            drop(mode);
            if count == 0 || to.write_all(part).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }
}

/// Reads the head of one request and answers it.
fn fail(mut visitor: UnixStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && visitor.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    let body = r#"{"message":"the disk of the engine is full"}"#;
    let answer = format!(
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = visitor.write_all(answer.as_bytes());
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Mode::Cut);
    }
}
