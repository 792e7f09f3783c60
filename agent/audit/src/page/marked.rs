//! Links that the Modello Comuni has marked: `<a data-element="privacy-policy-link" href="…">`.

use std::collections::BTreeMap;

use url::Url;

use super::{Document, reference};

/// The most marked links of one page, and the longest name of a mark.
const MOST: usize = 100;
const LONGEST: usize = 100;

/// Marked links by their mark. Where one stands more than once, the one in the footer counts, else the first.
pub fn marked_links(document: &Document, page: &Url) -> BTreeMap<String, String> {
    let base = reference::base(document, page);
    let mut found = BTreeMap::new();
    let (inside, outside): (Vec<_>, Vec<_>) = document.named("a").partition(|tag| tag.in_footer);
    for tag in inside.into_iter().chain(outside) {
        let (Some(mark), Some(href)) = (tag.get("data-element"), tag.get("href")) else { continue };
        if mark.is_empty() || mark.len() > LONGEST || found.len() >= MOST {
            continue;
        }
        let Ok(url) = base.join(href) else { continue };
        found.entry(mark.to_owned()).or_insert_with(|| url.into());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_footer_comes_first() {
        let document = Document::parse(
            "<a data-element=privacy-policy-link href=/no>Privacy</a><a data-element=all-services href=/servizi>Servizi</a>\
             <a data-element=all-services href=/altri>Servizi</a><a data-element=''href=/x></a>\
             <footer><a data-element=privacy-policy-link href='/privacy'>Privacy</a>\
             <a data-element=accessibility-link href=https://form.agid.test/view/1>Accessibilità</a></footer>",
        );
        let page = Url::parse("https://a.test/it/").unwrap();
        let found = marked_links(&document, &page);
        let expected = [
            ("accessibility-link", "https://form.agid.test/view/1"),
            ("all-services", "https://a.test/servizi"),
            ("privacy-policy-link", "https://a.test/privacy"),
        ];
        assert!(found.iter().map(|(mark, url)| (mark.as_str(), url.as_str())).eq(expected), "{found:?}");
    }
}
