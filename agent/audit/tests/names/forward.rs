//! Passes questions on to a name server: BIND listens on addresses alone that an interface has, and all of 127.0.0.0/8 but
//! the first is on none.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(2));

/// Passes on what comes to an address, by UDP and TCP, until the test program ends.
pub fn forward(from: SocketAddr, to: SocketAddr) {
    let udp = UdpSocket::bind(from).unwrap();
    let tcp = TcpListener::bind(from).unwrap();
    std::thread::spawn(move || {
        let mut question = [0; 4096];
        while let Ok((length, asker)) = udp.recv_from(&mut question) {
            let mut answer = [0; 4096];
            let on = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            on.set_read_timeout(PATIENCE).unwrap();
            on.send_to(&question[..length], to).unwrap();
            if let Ok(length) = on.recv(&mut answer) {
                let _ = udp.send_to(&answer[..length], asker);
            }
        }
    });
    std::thread::spawn(move || {
        for asker in tcp.incoming().flatten() {
            // one that goes away gets nothing
            let _ = pass(asker, to);
        }
    });
}

fn pass(mut asker: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let mut on = TcpStream::connect(to)?;
    asker.set_read_timeout(PATIENCE)?;
    on.set_read_timeout(PATIENCE)?;
    let question = message(&mut asker)?;
    on.write_all(&question)?;
    let answer = message(&mut on)?;
    asker.write_all(&answer)
}

/// A message with its length before it.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut octets = vec![0; 2];
    stream.read_exact(&mut octets)?;
    octets.resize(2 + usize::from(u16::from_be_bytes([octets[0], octets[1]])), 0);
    stream.read_exact(&mut octets[2..])?;
    Ok(octets)
}
