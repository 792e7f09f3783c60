//! Recognises a program: by one clue that is sure, or two that are likely.

use super::catalogue::{RECOGNISERS, THEMES};
use super::clue::{Clue, Recogniser};
use super::number::version_in;
use super::seen::Seen;
use crate::facts::{Cms, Page};

/// What a page is made with, by its facts and its bytes as a browser has them; none where nothing is recognised.
pub fn recognise(page: &Page, bytes: &[u8]) -> Option<Cms> {
    let seen = Seen::new(page, bytes);
    let likelihood = |recogniser: &Recogniser| {
        2 * found(recogniser.sure, &seen).count() + found(recogniser.likely, &seen).count()
    };
    let mut best: Option<(usize, &Recogniser)> = None;
    for recogniser in RECOGNISERS {
        let likelihood = likelihood(recogniser);
        if likelihood >= 2 && best.is_none_or(|(most, _)| likelihood > most) {
            best = Some((likelihood, recogniser));
        }
    }
    let (_, recogniser) = best?;
    let clues = found(recogniser.sure, &seen).chain(found(recogniser.likely, &seen));
    Some(Cms {
        name: recogniser.name.to_owned(),
        version: recogniser.versions.iter().find_map(|place| seen.version(*place)),
        evidence: clues.map(Clue::shown).collect(),
        theme: theme(page, &seen),
    })
}

fn found<'a>(clues: &'a [Clue], seen: &'a Seen<'_>) -> impl Iterator<Item = Clue> + 'a {
    clues.iter().copied().filter(|clue| seen.has(*clue))
}

/// The theme, with its version where its style sheet gave it.
fn theme(page: &Page, seen: &Seen<'_>) -> Option<String> {
    if let Some(version) = &page.theme_version {
        return Some(format!("Design Comuni {version}"));
    }
    THEMES.iter().find(|theme| seen.has(theme.clue)).map(|theme| theme.name.to_owned())
}

/// The path of a feed that names the version, where the page did not.
pub fn tells_more_in_its_feed(cms: &Cms) -> Option<&'static str> {
    (cms.name == "WordPress" && cms.version.is_none()).then_some("/feed/")
}

/// The version in a feed: `<generator>https://wordpress.org/?v=6.4.3</generator>`.
pub fn feed_version(feed: &str) -> Option<String> {
    let generators = feed.split("<generator>").skip(1);
    generators
        .filter_map(|rest| rest.split_once("wordpress.org/?v="))
        .find_map(|(before, rest)| (before.len() < 20).then(|| version_in(rest)).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds() {
        let check = |feed: &str, version: Option<&str>| assert_eq!(feed_version(feed).as_deref(), version);
        check("<channel><generator>https://wordpress.org/?v=6.4.3</generator>", Some("6.4.3"));
        check("<generator>Joomla! - Open Source</generator>", None);
        check("<p>https://wordpress.org/?v=6.4.3", None);
        check("", None);
    }

    #[test]
    fn talk_of_a_program_is_no_program() {
        let page = Page { url: "https://a.test/".to_owned(), ..Page::default() };
        for html in [
            "<p>Il sito è stato fatto con WordPress, poi con Drupal e Joomla!",
            "<a href=/wp-content/uploads/vecchio.pdf>delibera</a><a href=/typo3conf/x>x</a>",
            "<img src=https://altro.test/wp-content/themes/x/logo.png>",
            "<!-- <meta name=generator content='WordPress 6.1'> -->",
            "<img src=/wp-content/uploads/stemma.png>",
            "",
        ] {
            assert_eq!(recognise(&page, html.as_bytes()), None, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_borne(bytes: Vec<u8>, words in proptest::collection::vec(
            "(<meta name=generator content='|<script src='/wp-includes/|\\?ver=|joomla!|drupal |'>|[0-9.]{1,3})", 0..12,
        )) {
            let page = Page { url: "https://a.test/".to_owned(), ..Page::default() };
            recognise(&page, &bytes);
            recognise(&page, words.concat().as_bytes());
        }
    }
}
