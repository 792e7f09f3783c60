//! Live tests of the hands for Docker, against the engine at `DOCKER_HOST` or /var/run/docker.sock, with the images that
//! manifests/images/build makes. Every object is labelled with a platform of the test's own and is removed at the end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod changed;
mod connections;
mod fixture;
mod guards;
mod ingress;
mod life;
mod pulls;
