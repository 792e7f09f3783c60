//! Servers that misbehave, each in one way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

/// How a server misbehaves.
#[derive(Clone, Copy, Debug)]
pub enum Habit {
    /// It speaks HTTP on port 443.
    SpeaksHttp,
    /// It takes the connection and says nothing.
    SaysNothing,
    /// It ends every connection at once, with a reset.
    Resets,
    /// A handshake message of 16 MB, as much of it as is read.
    EndlessHandshake,
    /// A byte of a valid beginning every second, and never more.
    Slowly,
    /// It picks a suite that nobody offered.
    PicksOther,
    /// It answers with noise.
    Noise,
}

/// Lives at an address until the test ends; it is in this thread's network.
pub fn live(at: &str, habit: Habit) {
    let listener = TcpListener::bind(at).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || meet(stream, habit));
        }
    });
}

fn meet(mut stream: TcpStream, habit: Habit) {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut hello = [0; 4096];
    if !matches!(habit, Habit::Resets) && !matches!(stream.read(&mut hello), Ok(length) if length > 0) {
        return;
    }
    // whoever asks may be gone at any moment
    let _ = match habit {
        Habit::SpeaksHttp => stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n"),
        Habit::SaysNothing => {
            std::thread::sleep(Duration::from_mins(1));
            Ok(())
        }
        Habit::Resets => {
            // unread data makes the end a reset
            std::thread::sleep(Duration::from_millis(5));
            Ok(())
        }
        Habit::EndlessHandshake => endless(&mut stream),
        Habit::Slowly => [0x16, 3, 3, 0, 80, 2, 0, 0, 76, 3].iter().try_for_each(|byte| {
            std::thread::sleep(Duration::from_secs(1));
            stream.write_all(&[*byte])
        }),
        Habit::PicksOther => {
            stream.write_all(&server_hello(0x1305)).and_then(|()| stream.shutdown(Shutdown::Write))
        }
        Habit::Noise => stream.write_all(&[0xff; 600]),
    };
}

/// A Certificate message that never ends.
fn endless(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut record = server_hello(0xc02f);
    // 3 bytes of length: 16 MiB less one
    record.extend([0x16, 3, 3, 0x40, 0, 0x0b, 0xff, 0xff, 0xff]);
    record.extend(vec![0; 0x4000 - 4]);
    stream.write_all(&record)?;
    let mut next = vec![0x16, 3, 3, 0x40, 0];
    next.extend(vec![0; 0x4000]);
    (0..1024).try_for_each(|_| stream.write_all(&next))
}

/// A `ServerHello` of TLS 1.2 in a record of its own.
fn server_hello(suite: u16) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    let mut message = vec![2, 0, 0, u8::try_from(body.len()).unwrap()];
    message.extend(body);
    let mut record = vec![0x16, 3, 3, 0, u8::try_from(message.len()).unwrap()];
    record.extend(message);
    record
}
