//! A body's domain: its zone and the records that it holds beside those that follow from the rest of the document.

use super::decode::{Placed, choice, part};
use super::values::{DomainName, RecordName, RecordValues, Ttl};

part! {
    /// The body's domain, which is also the name of its zone.
    Domain {
        /// The domain's name. Hosts stand under it, or under a domain that is no other member's.
        name: Placed<DomainName>,
        /// Records beside those that follow from the rest; what stands here wins over them.
        #[schemars(default)]
        records: Vec<Record>,
        /// Whether the zone has to be signed; left out, it is said but nothing is asked for.
        dnssec: Option<bool>,
        /// What Campanile may do in the zone. Left out: everything in a zone that it made, nothing in one that was there.
        policy: Option<Policy>,
    }
}

part! {
    /// Records of one name and type.
    Record {
        /// The name below the domain, `www`; `@` is the domain itself.
        name: Placed<RecordName>,
        /// The type.
        kind = "type": RecordType,
        /// One value, or a list of them, as a zone file writes them: names without a last dot stand below the domain. TXT is the
        /// text itself, of any length.
        value: Placed<RecordValues>,
        /// How long resolvers may keep them; the platform's, if left out.
        ttl: Option<Ttl>,
    }
}

choice! {
    /// What Campanile may do in a zone.
    Policy {
        /// Look and report.
        Observe = "observe",
        /// Add records, and change or remove those that it added.
        Share = "share",
        /// Hold the whole zone: what no document asks for goes.
        Own = "own",
    }
}

choice! {
    /// The type of a record.
    RecordType {
        /// IPv4 address.
        A = "A",
        /// IPv6 address.
        Aaaa = "AAAA",
        /// The same as another name.
        Cname = "CNAME",
        /// Mail server, with its preference.
        Mx = "MX",
        /// Text.
        Txt = "TXT",
        /// Server of a service: priority, weight, port, host.
        Srv = "SRV",
        /// Who may issue certificates.
        Caa = "CAA",
        /// Name server of a zone that is delegated.
        Ns = "NS",
        /// Certificate of a service.
        Tlsa = "TLSA",
        /// Fingerprint of an SSH host key.
        Sshfp = "SSHFP",
        /// How to reach a service.
        Svcb = "SVCB",
        /// How to reach a web site.
        Https = "HTTPS",
        /// Name of an address.
        Ptr = "PTR",
    }
}
