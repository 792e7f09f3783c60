//! Lists of tags: `v=DMARC1; p=reject`, as DKIM (RFC 6376, 3.2), DMARC, MTA-STS and TLS reporting write them.

/// Most tags that are read.
const MOST: usize = 64;

/// The tags in their order, names in lower case, and what is no tag.
pub(super) fn read(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let mut tags: Vec<(String, String)> = Vec::new();
    let mut problems = Vec::new();
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    for part in parts.take(MOST) {
        let Some((name, value)) = part.split_once('=') else {
            problems.push(format!("\"{part}\" is no tag"));
            continue;
        };
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            problems.push(format!("\"{part}\" is no tag"));
        } else if tags.iter().any(|(known, _)| *known == name) {
            problems.push(format!("{name}= stands there twice"));
        } else {
            tags.push((name, value.trim().to_owned()));
        }
    }
    (tags, problems)
}

/// A tag's value.
pub(super) fn value<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Addresses that reports go to: each `mailto:` or another scheme; what is wrong with them.
pub(super) fn report_addresses(value: &str, schemes: &[&str]) -> Vec<String> {
    let wrong = |address: &&str| {
        let scheme = schemes.iter().find(|scheme| address.to_ascii_lowercase().starts_with(**scheme));
        match scheme {
            // a size may follow: mailto:a@example.test!10m
            Some(&"mailto:") => !address["mailto:".len()..].split('!').next().is_some_and(is_mailbox),
            Some(_) => false,
            None => true,
        }
    };
    let addresses = value.split(',').map(str::trim).filter(wrong);
    addresses.map(|address| format!("\"{address}\" is no address for reports")).collect()
}

fn is_mailbox(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}
