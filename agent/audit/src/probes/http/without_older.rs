//! Without the feature `legacy`: what our usual library refuses stays unknown.

use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;

use super::NoAnswer;
use super::target::Target;
use crate::probes::{Connection, Eyes};

/// There is none.
pub enum Stream {}

impl Stream {
    pub fn connection(&mut self) -> &mut Connection {
        match *self {}
    }

    pub fn write(&mut self, _: &[u8]) -> Ready<io::Result<()>> {
        match *self {}
    }

    pub fn read(&mut self, _: &mut Vec<u8>) -> Ready<io::Result<usize>> {
        match *self {}
    }
}

/// What it never comes to.
type Never = Ready<Result<(Stream, Vec<Vec<u8>>), NoAnswer>>;

pub fn may_help(_: &io::Error) -> bool {
    false
}

pub fn again(_: &Eyes, _: SocketAddr, _: &Target) -> Never {
    ready(Err(NoAnswer::Silence("it was not asked".to_owned())))
}

pub fn shake(_: Connection, _: &Target) -> Never {
    ready(Err(NoAnswer::Silence("it was not asked".to_owned())))
}
