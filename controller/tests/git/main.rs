//! Fleets from real git repositories: by file, by https through nginx, by ssh through sshd. Needs Debian's packages
//! git, openssh-client, openssh-server, nginx-light and fcgiwrap.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod again;
mod fleet;
mod folders;
mod https;
mod moved;
mod odd_files;
mod pinned;
mod rewritten;
mod servers;
mod ssh;
mod trouble;
