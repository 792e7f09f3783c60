//! What is offered in hellos, and what was learned of it: suites, groups and signature schemes, each struck off as the
//! server takes it.

use std::sync::LazyLock;

use tls_parser::{TlsCipherAu, TlsCipherEncMode, TlsCipherKx, TlsCipherSuite};

use super::hello::MOST_SUITES;

/// Suites of TLS 1.2 and older, cut into what one hello holds: all that servers of today have are in the first.
pub(super) static OLD_SUITES: LazyLock<Vec<Vec<u16>>> = LazyLock::new(|| {
    let mut suites: Vec<(u8, u16)> = registered().map(|suite| (rarity(suite), suite.id.0)).collect();
    suites.extend(UNREGISTERED.iter().map(|number| (3, *number)));
    suites.sort_unstable();
    suites.dedup();
    let numbers: Vec<u16> = suites.into_iter().map(|(_, number)| number).collect();
    // One place is kept for a signalling value.
    numbers.chunks(MOST_SUITES - 1).map(<[u16]>::to_vec).collect()
});

/// Suites of TLS 1.3: those of RFC 8446 first, then of RFC 8998, RFC 9150, RFC 9367 and the draft of AEGIS.
pub(super) const TLS13_SUITES: &[u16] = &[
    0x1301, 0x1302, 0x1303, 0x1304, 0x1305, 0x1306, 0x1307, 0x00c6, 0x00c7, 0xc0b4, 0xc0b5, 0xc103, 0xc104,
    0xc105, 0xc106,
];

/// Suites that were used without ever being registered: GOST, the draft of `ChaCha20`, and those of FIPS in SSL 3.
const UNREGISTERED: &[u16] = &[
    0x0080, 0x0081, 0x0082, 0x0083, 0xff85, 0xff87, 0xc100, 0xc101, 0xc102, 0xcc12, 0xcc13, 0xcc14, 0xcc15,
    0xfefe, 0xfeff, 0xffe0, 0xffe1,
];

/// Groups for TLS 1.2 and older: curves alone, since a server that is offered finite-field groups and has none of them
/// must not use DH at all (RFC 7919, 4).
pub(super) const OLD_GROUPS: &[u16] = &[
    29, 23, 24, 25, 30, 26, 27, 28, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
    2, 1, 41,
];

/// Groups for TLS 1.3: hybrids, curves, finite fields, post-quantum alone, drafts.
pub(super) const TLS13_GROUPS: &[u16] = &[
    4588, 29, 23, 24, 25, 30, 4587, 4589, 256, 257, 258, 259, 260, 31, 32, 33, 41, 4590, 512, 513, 514,
    25497, 25498,
];

/// Signature schemes, those of today first.
pub(super) const SCHEMES: &[u16] = &[
    0x0804, 0x0403, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a,
    0x080b, 0x0301, 0x0303, 0x0201, 0x0203, 0x0202, 0x0302, 0x0402, 0x0502, 0x0602, 0x0101, 0x0704, 0x081a,
    0x081b, 0x081c, 0x0904, 0x0905, 0x0906,
];

/// The registry's suites for TLS 1.2 and older.
fn registered() -> impl Iterator<Item = &'static TlsCipherSuite> {
    (1..=u16::MAX)
        .filter_map(TlsCipherSuite::from_id)
        .filter(|suite| suite.kx != TlsCipherKx::Tls13 && ![0x00ff, 0x5600].contains(&suite.id.0))
}

/// How unlikely a server of today is to have a suite: 0 for its first choices, 3 for what nobody has.
fn rarity(suite: &TlsCipherSuite) -> u8 {
    use TlsCipherAu::{Ecdsa, Null, Rsa};
    use TlsCipherKx::{Dh, Dhe, Ecdh, Ecdhe};
    let is_forward = matches!((&suite.kx, &suite.au), (Ecdhe | Dhe, Rsa | Ecdsa));
    let is_modern = matches!(suite.enc_mode, TlsCipherEncMode::Gcm) || suite.name.contains("CHACHA20");
    match (&suite.kx, &suite.au) {
        _ if suite.name.contains("EXPORT1024") || suite.name.contains("_FORTEZZA_") => 3,
        _ if is_forward && is_modern => 0,
        _ if is_forward => 1,
        (TlsCipherKx::Rsa, Rsa) | (Dh | Ecdh, Null) => 1,
        (Dhe | Ecdhe, _) => 2,
        _ => 3,
    }
}

/// Numbers of one kind, as a server takes them.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    /// Those of which nothing is known yet, as they are offered.
    pub open: Vec<u16>,
    /// Those that the server took, in the order in which it did.
    pub found: Vec<u16>,
    /// What was offered together, and which one was picked.
    choices: Vec<(Vec<u16>, u16)>,
}

/// What a pick taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learned {
    /// One that was not known to be taken.
    New,
    /// One that was.
    Known,
    /// One that was not offered.
    NotOffered,
}

impl Taken {
    /// All of these are open.
    pub fn of(numbers: &[u16]) -> Self {
        Self { open: numbers.to_vec(), ..Self::default() }
    }

    /// All of them, those that are open first: a server that goes by the client's order picks a new one each time.
    pub fn all(&self) -> Vec<u16> {
        self.open.iter().chain(&self.found).copied().collect()
    }

    /// The server picked one of those that were offered.
    pub fn learn(&mut self, offered: &[u16], pick: u16) -> Learned {
        if !offered.contains(&pick) {
            return Learned::NotOffered;
        }
        self.choices.push((offered.to_vec(), pick));
        if self.found.contains(&pick) {
            return Learned::Known;
        }
        self.open.retain(|number| *number != pick);
        self.found.push(pick);
        Learned::New
    }

    /// Whether the server picks by its own order: none where that cannot be told from its choices.
    pub fn has_own_order(&self) -> Option<bool> {
        let mut won = Vec::new();
        for (offered, pick) in &self.choices {
            let mut rivals = offered.iter().filter(|number| self.found.contains(number));
            match rivals.next() {
                Some(first) if first != pick => return Some(true),
                _ => won.extend(rivals.map(|loser| (*pick, *loser))),
            }
        }
        won.iter().any(|(winner, loser)| won.contains(&(*loser, *winner))).then_some(false)
    }

    /// Those that were found the other way round: what to offer where the order cannot be told yet.
    pub fn reversed(&self) -> Vec<u16> {
        self.found.iter().rev().copied().collect()
    }

    /// Those that were found: in the server's order where it has one, else by number.
    pub fn in_order(&self) -> Vec<u16> {
        let mut found = self.found.clone();
        if self.has_own_order() != Some(true) {
            found.sort_unstable();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_suite_is_asked_for_once_and_the_common_ones_first() {
        let all: Vec<u16> = OLD_SUITES.concat();
        let mut unique = all.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(all.len(), unique.len());
        assert!(OLD_SUITES.iter().all(|chunk| chunk.len() < MOST_SUITES));
        assert!(OLD_SUITES.len() <= 3, "{}", all.len());
        for common in [
            0xc02b, 0xc02f, 0xcca8, 0x009e, 0x002f, 0x0005, 0x000a, 0x0018, 0xc019, 0x0001, 0x0003, 0x0016,
            0x0088,
        ] {
            assert!(OLD_SUITES[0].contains(&common), "{common:04x}");
        }
    }

    /// Lets a server pick, by its order or the client's: twice of all, then of what is open.
    fn taken(server: &[u16], own_order: bool) -> Taken {
        let mut taken = Taken::of(&[1, 2, 3, 4, 5]);
        for round in 0..4 {
            let offered = if round < 2 { taken.all() } else { taken.open.clone() };
            let (one, other) = if own_order { (server, &offered[..]) } else { (&offered[..], server) };
            if let Some(pick) = one.iter().copied().find(|number| other.contains(number)) {
                taken.learn(&offered, pick);
            }
        }
        taken
    }

    #[test]
    fn choices_show_whose_order_counts() {
        assert_eq!(taken(&[4, 2], true).has_own_order(), Some(true));
        assert_eq!(taken(&[4, 2], false).has_own_order(), Some(false));
        assert_eq!(taken(&[4, 2], false).in_order(), [2, 4]);
        assert_eq!(taken(&[4], true).has_own_order(), None);
        assert_eq!(Taken::of(&[1, 2]).learn(&[1, 2], 3), Learned::NotOffered);
        let mut same_as_ours = Taken::of(&[2, 4]);
        same_as_ours.learn(&[2, 4], 2);
        same_as_ours.learn(&[4], 4);
        assert_eq!(same_as_ours.has_own_order(), None);
        assert_eq!(same_as_ours.reversed(), [4, 2]);
        same_as_ours.learn(&[4, 2], 2);
        assert_eq!(same_as_ours.in_order(), [2, 4]);
        assert_eq!(same_as_ours.has_own_order(), Some(true));
    }
}
