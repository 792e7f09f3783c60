//! Every program that is recognised, on a page as it makes them; what must be found is written by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

use std::collections::BTreeSet;

use campanile_audit::cms::catalogue::RECOGNISERS;
use campanile_audit::cms::recognise;
use campanile_audit::facts::{Cms, Page};
use campanile_audit::page::cookies;
use campanile_audit::page::headers::Headers;

/// A page in `tests/pages`, then name, version and theme of what it is made with.
const PAGES: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("wordpress", "WordPress", Some("6.8.2"), Some("Design Comuni")),
    ("wordpress-without-generator", "WordPress", Some("6.5.3"), None),
    ("wordpress-that-hides", "WordPress", None, None),
    ("joomla", "Joomla", None, None),
    ("joomla-3", "Joomla", Some("3"), None),
    ("joomla-1", "Joomla", Some("1.5"), None),
    ("drupal", "Drupal", Some("10.4.3"), Some("Italiagov")),
    ("drupal-7", "Drupal", Some("7"), None),
    ("plone", "Plone", Some("6"), None),
    ("plone-5", "Plone", None, None),
    ("typo3", "TYPO3", None, None),
    ("typo3-6", "TYPO3", Some("6.2"), None),
    ("liferay", "Liferay", Some("7.4.3.112"), None),
    ("liferay-dxp", "Liferay", None, None),
    ("liferay-6", "Liferay", Some("6.2"), None),
    ("umbraco", "Umbraco", Some("7.15.3"), None),
    ("dotnetnuke", "DotNetNuke", None, None),
    ("opencity", "OpenCity", None, Some("OpenPA Bootstrap Italia")),
    ("ez-publish", "eZ Publish", None, None),
    ("sharepoint", "SharePoint", Some("16.0.0.10337"), None),
    ("magento", "Magento", None, None),
    ("prestashop", "PrestaShop", None, None),
    ("opencms", "OpenCms", Some("11.0.2"), None),
    ("concrete", "Concrete CMS", Some("8.5.2"), None),
    ("silverstripe", "Silverstripe", Some("4.13"), None),
    ("made-simple", "CMS Made Simple", None, None),
    ("modx", "MODX", None, None),
    ("spip", "SPIP", Some("4.1.5"), None),
    ("sitecore", "Sitecore", None, None),
    ("aem", "Adobe Experience Manager", None, None),
    ("contao", "Contao", None, None),
    ("django-cms", "django CMS", None, None),
    ("wagtail", "Wagtail", None, None),
    ("halley", "Halley eGov", None, None),
    ("municipium", "Municipium", None, None),
    ("wix", "Wix", None, None),
    ("mediawiki", "MediaWiki", Some("1.39.6"), None),
    ("dokuwiki", "DokuWiki", None, None),
];

/// What a page of `tests/pages` is made with.
fn made_with(name: &str, theme_version: Option<&str>) -> Option<Cms> {
    let path = format!("{}/tests/pages/{name}.http", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut headers = Headers::new();
    for (name, value) in head.lines().skip(1).map(|line| line.split_once(": ").unwrap()) {
        headers.entry(name.to_ascii_lowercase()).or_default().push(value.to_owned());
    }
    let page = Page {
        url: "https://comune.test/".to_owned(),
        status: 200,
        cookies: cookies(&headers, "comune.test"),
        headers,
        theme_version: theme_version.map(str::to_owned),
        ..Page::default()
    };
    recognise(&page, body.as_bytes())
}

#[test]
fn pages() {
    for (page, name, version, theme) in PAGES {
        let cms = made_with(page, None).unwrap_or_else(|| panic!("{page} is not recognised"));
        let found = (cms.name.as_str(), cms.version.as_deref(), cms.theme.as_deref());
        assert_eq!(found, (*name, *version, *theme), "{page}: {:?}", cms.evidence);
        assert!(!cms.evidence.is_empty());
    }
    assert_eq!(made_with("by-hand", None), None);
}

#[test]
fn evidence_is_what_a_visitor_sees() {
    let evidence = made_with("typo3", None).unwrap().evidence;
    assert_eq!(
        evidence,
        [
            "<meta name=\"generator\" content=\"typo3…\">",
            "comment <!-- …powered by typo3… -->",
            "/typo3temp/",
            "cookie fe_typo_user…"
        ]
    );
    let theme = made_with("wordpress", Some("1.9.2")).unwrap().theme;
    assert_eq!(theme.as_deref(), Some("Design Comuni 1.9.2"));
}

#[test]
fn every_program_has_a_page_and_every_page_a_program() {
    let shown: BTreeSet<&str> = PAGES.iter().map(|page| page.1).collect();
    let known: BTreeSet<&str> = RECOGNISERS.iter().map(|one| one.name).collect();
    assert_eq!(shown, known);
    let folder = format!("{}/tests/pages", env!("CARGO_MANIFEST_DIR"));
    let files =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.collect();
    let named = PAGES.iter().map(|page| page.0).chain(["by-hand"]).map(|name| format!("{name}.http"));
    assert_eq!(files, named.collect());
}
