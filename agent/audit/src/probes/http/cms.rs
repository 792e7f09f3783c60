//! What a page is made with, by what was fetched already; where that tells no version, by the one feed that does.

use url::Url;

use super::asking::{Asking, Known};
use super::sides;
use super::target::Ports;
use super::way::go;
use crate::Answer;
use crate::cms::{feed_version, recognise, tells_more_in_its_feed};
use crate::facts::{Cms, Web};
use crate::probes::Eyes;

/// How much of a feed is read: what made it stands at its beginning.
const MOST_OF_A_FEED: usize = 64 * 1024;

/// Recognises what the page that `visit` found is made with.
pub async fn cms(
    eyes: &Eyes,
    web: &Web,
    body: Option<&[u8]>,
    secure: u16,
    plain: u16,
) -> Answer<Option<Cms>> {
    let page = match &web.page {
        Answer::Known(page) => page,
        Answer::Unknown { unknown } => return Answer::unknown(unknown.clone()),
    };
    let Some(mut cms) = recognise(page, body.unwrap_or_default()) else { return Answer::Known(None) };
    if let (Some(path), Ok(url)) = (tells_more_in_its_feed(&cms), Url::parse(&page.url)) {
        cms.version = version_by_feed(eyes, &url, path, Ports { plain, secure }).await;
    }
    Answer::Known(Some(cms))
}

async fn version_by_feed(eyes: &Eyes, page: &Url, path: &str, ports: Ports) -> Option<String> {
    let mut asking = Asking::new(eyes, ports).ok()?;
    let url = page.join(path).ok()?;
    let robots = sides::robots(&mut asking, page).await;
    if !sides::allows(&robots, &url).is_yes() {
        return None;
    }
    let arrived = go(&mut asking, url, MOST_OF_A_FEED, &mut Known::new()).await.last?;
    feed_version(&String::from_utf8_lossy(&arrived.fetched.body))
}
