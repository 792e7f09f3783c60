//! The theme of the Modello Comuni, by what the opening comment of its style sheet says (criterion C.SI.1.4).

use url::Url;

use super::{Document, reference};

/// The key by which the State's validator knows the theme.
const KEY: &str = "Text Domain: design_comuni_italia";
/// How far into a style sheet its opening comment is looked for.
pub const HEAD: usize = 8 * 1024;

/// The address of the style sheet that may have the comment: the first `<link>` that leads to a `style.css` of the same host.
pub fn style_sheet(document: &Document, page: &Url) -> Option<Url> {
    let base = reference::base(document, page);
    let links = document.named("link").filter_map(|tag| tag.get("href"));
    let urls = links.filter(|href| href.contains("style.css")).filter_map(|href| base.join(href).ok());
    urls.take(1).find(|url| url.host() == page.host() && url.scheme() == page.scheme())
}

/// The version that the opening comment of a theme's style sheet gives; none where it is of another theme or of none.
pub fn version(style_sheet: &str) -> Option<String> {
    let (_, rest) = style_sheet.split_once("/*")?;
    let comment = rest.split_once("*/").map_or(rest, |(comment, _)| comment);
    if !comment.contains(KEY) {
        return None;
    }
    let value = comment
        .lines()
        .find_map(|line| line.trim_start_matches([' ', '\t', '*', '!']).strip_prefix("Version:"))?;
    let version: String =
        value.trim().chars().take_while(|&c| c.is_ascii_alphanumeric() || ".-+".contains(c)).collect();
    (version.starts_with(|c: char| c.is_ascii_digit()) && version.len() <= 30).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(version(text).as_deref(), expected);
        let comment = "@charset 'utf-8';\n/*!\nTheme Name: Design Comuni Italia\nVersion: 1.9.2\n\
                       Text Domain: design_comuni_italia\n*/\nbody{}";
        check(comment, Some("1.9.2"));
        check("/* Text Domain: design_comuni_italia\r\n * Version: 2.0-beta1 \r\n */", Some("2.0-beta1"));
        check("/* Theme Name: Twenty\nVersion: 1.0\nText Domain: twenty */", None);
        check("/* Text Domain: design_comuni_italia\nVersion: nuova */", None);
        check("/* altro */ /* Text Domain: design_comuni_italia\nVersion: 1.0 */", None);
        check("body{}", None);
    }

    #[test]
    fn which_style_sheet() {
        let page = Url::parse("https://a.test/").unwrap();
        let check = |html: &str, expected: Option<&str>| {
            let url = style_sheet(&Document::parse(html), &page);
            assert_eq!(url.as_ref().map(Url::as_str), expected);
        };
        let themes = "https://a.test/wp-content/themes/design-comuni-wordpress-theme/style.css?ver=1";
        check(
            "<link rel=stylesheet href=a.css>\
             <link rel=stylesheet href='/wp-content/themes/design-comuni-wordpress-theme/style.css?ver=1'>",
            Some(themes),
        );
        check("<link rel=stylesheet href=//cdn.test/style.css>", None);
        check("<link rel=stylesheet href=a.css>", None);
    }

    proptest::proptest! {
        #[test]
        fn any_style_sheet_is_borne(text in "\\PC*", parts in proptest::collection::vec(
            "(/\\*|\\*/|\n| |Version:|Text Domain: design_comuni_italia|[0-9.]{1,4})", 0..20,
        )) {
            version(&text);
            version(&parts.concat());
        }
    }
}
