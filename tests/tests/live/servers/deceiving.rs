//! A way to a name server by TCP that says yes to every change of one zone and keeps it to itself; all else passes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::base::iana::{Opcode, Rcode};
use domain::base::{Message, MessageBuilder};
use domain::rdata::tsig::Time48;
use domain::tsig::{Algorithm, Key as Secret, ServerTransaction};

use super::{Key, free_address};

pub struct Deceiving {
    address: SocketAddr,
    kept: Arc<AtomicUsize>,
}

impl Deceiving {
    /// In front of a server that knows this key, about this zone.
    pub fn before(server: SocketAddr, key: &Key, zone: &str) -> Self {
        let address = free_address();
        let listener = TcpListener::bind(address).unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let secret: Vec<u8> = domain::utils::base64::decode(&key.secret()).unwrap();
        let secret = Secret::new(Algorithm::Sha256, &secret, key.name.parse().unwrap(), None, None).unwrap();
        let (secret, zone, count) = (Arc::new(secret), zone.to_owned(), Arc::clone(&kept));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (secret, zone, count) = (Arc::clone(&secret), zone.clone(), Arc::clone(&count));
                std::thread::spawn(move || {
                    let upstream = TcpStream::connect(server).unwrap();
                    let answers = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
                    std::thread::spawn(move || pass(answers));
                    // whoever has asked enough hangs up
                    let _ = questions((&client, &upstream), (&secret, &zone), &count);
                    let _ = upstream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, kept }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many changes it kept to itself.
    pub fn kept(&self) -> usize {
        self.kept.load(Ordering::SeqCst)
    }
}

fn pass((mut from, mut to): (TcpStream, TcpStream)) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Takes one question after the other.
fn questions(
    (mut client, mut upstream): (&TcpStream, &TcpStream),
    (secret, zone): (&Arc<Secret>, &str),
    kept: &AtomicUsize,
) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        client.read_exact(&mut length)?;
        let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
        client.read_exact(&mut octets)?;
        let question = Message::from_octets(octets.clone()).unwrap();
        let is_change = question.header().opcode() == Opcode::UPDATE;
        if is_change && question.first_question().unwrap().qname().to_string() == zone {
            let answer = yes(question, secret);
            kept.fetch_add(1, Ordering::SeqCst);
            client.write_all(&u16::try_from(answer.len()).unwrap().to_be_bytes())?;
            client.write_all(&answer)?;
        } else {
            upstream.write_all(&[&length[..], &octets].concat())?;
        }
    }
}

/// The answer of a server that has done what it was asked, signed as its own would be.
fn yes(mut question: Message<Vec<u8>>, secret: &Arc<Secret>) -> Vec<u8> {
    let signed = ServerTransaction::request(secret, &mut question, Time48::now());
    let Ok(Some(transaction)) = signed else { panic!("it is not signed by the key") };
    let answer = MessageBuilder::new_vec().start_answer(&question, Rcode::NOERROR).unwrap();
    let mut answer = answer.additional();
    transaction.answer(&mut answer, Time48::now()).unwrap();
    answer.finish()
}
