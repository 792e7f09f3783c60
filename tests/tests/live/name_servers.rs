//! The name servers of tests, each as real as in a member's life: our image as primary and secondary, BIND, unbound.

mod bind;
mod image;
mod resolver;
mod secondaries;
