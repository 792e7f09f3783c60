//! A way to a name server by UDP from an address where the world looks for one: at port 53.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// Most bytes of a question or an answer.
const MOST_BYTES: usize = 4096;

/// Passes on what comes to this address of the machine itself, as long as the test lasts.
pub fn stand_in(address: Ipv4Addr, server: SocketAddr) {
    let front = UdpSocket::bind((address, 53)).unwrap();
    std::thread::spawn(move || {
        let mut octets = [0; MOST_BYTES];
        while let Ok((length, client)) = front.recv_from(&mut octets) {
            let behind = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            behind.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            behind.connect(server).unwrap();
            // who gets no answer hears nothing
            let answered = behind.send(&octets[..length]).and_then(|_| behind.recv(&mut octets));
            if let Ok(length) = answered {
                front.send_to(&octets[..length], client).unwrap();
            }
        }
    });
}
