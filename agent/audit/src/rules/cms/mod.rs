//! Rules on the program that a site is made with.

pub mod outdated;
pub mod told;
mod versions;

#[cfg(test)]
fn version(facts: &mut crate::facts::Facts, version: &str) {
    let crate::Answer::Known(Some(cms)) = &mut super::cases::site(facts).cms else { panic!("no CMS") };
    cms.version = Some(version.to_owned());
}
