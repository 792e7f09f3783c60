//! A way to a server by TCP that lets every request through, but keeps back the answer to one of them: whoever asked it cannot
//! know what became of it. Each request has to have a TLS connection of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::room::free_port;

pub struct Holding {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: u16,
    connections: AtomicUsize,
    /// The number of the connection whose answer is kept back; 0 for none.
    held: AtomicUsize,
    /// Whether the server has answered there.
    answered: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
}

impl Holding {
    /// In front of a server on this machine.
    pub fn before(server: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let shared = Arc::new(Shared {
            server,
            connections: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            open: Mutex::default(),
        });
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&all);
                std::thread::spawn(move || shared.pass(client));
            }
        });
        Self { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Keeps back the answer to the request that comes after so many more.
    pub fn hold(&self, after: usize) {
        self.shared.answered.store(0, Ordering::SeqCst);
        self.shared.held.store(self.requests() + after + 1, Ordering::SeqCst);
    }

    /// Whether an answer is being kept back.
    pub fn holds(&self) -> bool {
        self.shared.answered.load(Ordering::SeqCst) > 0
    }

    /// Keeps nothing back any more.
    pub fn release(&self) {
        self.shared.held.store(0, Ordering::SeqCst);
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn pass(&self, client: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.server)) else { return };
        let held = self.held.load(Ordering::SeqCst) == number;
        if held {
            self.open.lock().unwrap().push(client.try_clone().unwrap());
        }
        let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        // how many times the client has sent something after the server had
        let flights = Arc::new(AtomicUsize::new(0));
        let sent = Arc::clone(&flights);
        let rising = std::thread::spawn(move || {
            let mut buffer = [0; 16 << 10];
            let mut server = server;
            while let Ok(count) = up.read(&mut buffer) {
                if count == 0 || server.write_all(&buffer[..count]).is_err() {
                    break;
                }
                sent.fetch_add(1, Ordering::SeqCst);
            }
            let _ = server.shutdown(Shutdown::Write);
        });
        let mut buffer = [0; 16 << 10];
        let mut client = client;
        while let Ok(count) = down.read(&mut buffer) {
            if count == 0 {
                break;
            }
            // what comes after the second flight is no handshake any more (RFC 8446, 2)
            if held && flights.load(Ordering::SeqCst) >= 2 {
                if count > 300 {
                    self.answered.fetch_add(1, Ordering::SeqCst);
                }
                continue;
            }
            if client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        if held {
            self.answered.fetch_add(1, Ordering::SeqCst);
        } else {
            let _ = client.shutdown(Shutdown::Both);
        }
        let _ = rising.join();
    }
}
