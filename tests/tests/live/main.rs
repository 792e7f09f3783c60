//! Live tests of the whole chain: the real `campanile`, fleets in folders and git repositories, the Docker Engine at
//! `DOCKER_HOST` or /var/run/docker.sock with the images that manifests/images/build makes, and curl as the visitor.
//! Every test has a platform, ports and a range of its own, so that they run side by side.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test program

mod documents;
mod engine;
mod load;
mod proxy;
mod rolling;
mod room;
mod servers;
mod visitor;

mod acme;
mod bad_documents;
mod breaker;
mod by_hand;
mod certificates;
mod commits;
mod daemon;
mod faults;
mod foreign;
mod hardening;
mod healing;
mod images;
mod incomplete;
mod ingress_pair;
mod interrupted;
mod name_servers;
mod saved_plans;
mod secrets;
mod serving;
mod zones;
mod zones_import;
