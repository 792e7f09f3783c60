//! Asking containers for the page that their label names: from inside the ingress, whose network reaches them all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use campanile_plan::docker::Answer;

use super::exec::chunks;
use super::text::bounded;
use super::{Engine, EngineError};

/// The program in the ingress's image that asks; its output is one line for each page.
const PROGRAM: &str = "/usr/local/bin/ingress-ask";
/// Pages for one run: it asks 100 at once and gives each 3 seconds.
const PAGES: usize = 500;
/// Limit of one run.
const LIMIT: Duration = Duration::from_secs(30);

impl Engine {
    /// What each page answers; every page gets an answer, be it that there was none and why. The first of the ingress's
    /// containers asks, and where it cannot, the next: one that just started may have another program in it.
    pub(super) async fn ask(
        &self,
        ingresses: &[String],
        pages: BTreeSet<String>,
    ) -> BTreeMap<String, Answer> {
        let (right, wrong): (Vec<_>, Vec<_>) = pages.into_iter().partition(|page| is_page(page));
        let unnamed = |page| (page, nothing("its label names no page"));
        let mut answers: BTreeMap<_, _> = wrong.into_iter().map(unnamed).collect();
        for chunk in chunks(right, PAGES) {
            let mut said = Ok(BTreeMap::new());
            for ingress in ingresses {
                said = self.ask_some(ingress, &chunk).await;
                if said.as_ref().is_ok_and(|said| !said.is_empty()) {
                    break;
                }
            }
            for page in chunk {
                let answer = match &said {
                    Ok(said) => said.get(&page).cloned(),
                    Err(error) => Some(nothing(&error.to_string())),
                };
                let unsaid = || nothing("the ingress did not say what it answers");
                answers.insert(page, answer.unwrap_or_else(unsaid));
            }
        }
        answers
    }

    async fn ask_some(
        &self,
        ingress: &str,
        pages: &[String],
    ) -> Result<BTreeMap<String, Answer>, EngineError> {
        let mut command = vec![PROGRAM.to_owned()];
        command.extend_from_slice(pages);
        let ended = self.run("asking for pages", ingress, command, LIMIT).await?;
        Ok(ended.output.lines().filter_map(read).collect())
    }
}

/// Reads a line: page, status and why there is none, parted by tabs.
fn read(line: &str) -> Option<(String, Answer)> {
    let mut parts = line.splitn(3, '\t');
    let (page, status) = (parts.next()?, parts.next()?);
    let answer = match status.parse::<u16>() {
        Ok(status) if status >= 100 => Answer::Status(status),
        _ => nothing(parts.next().unwrap_or("no answer")),
    };
    Some((page.to_owned(), answer))
}

fn nothing(why: &str) -> Answer {
    Answer::Nothing(bounded(why))
}

fn is_page(page: &str) -> bool {
    page.starts_with("http://") && page.len() <= 1000 && page.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_ingress() {
        let page = "http://10.77.0.2:8080/".to_owned();
        let line = |rest: &str| read(&format!("{page}\t{rest}"));
        let status = Answer::Status(301);
        assert_eq!(line("301\t0 "), Some((page.clone(), status)));
        let refused = Answer::Nothing("7 Connection refused".to_owned());
        assert_eq!(line("000\t7 Connection refused"), Some((page.clone(), refused)));
        assert_eq!(read("curl: what?"), None);
    }

    #[test]
    fn what_a_label_may_have_asked() {
        assert!(is_page("http://10.77.0.2:8080/health?all=1"));
        assert!(!is_page("--output=/etc/passwd"));
        assert!(!is_page("http://10.77.0.2/ --output"));
        assert!(!is_page("https://10.77.0.2/"));
    }
}
