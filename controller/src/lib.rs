//! The hands of Campanile: the command line, and one room for each system that it talks to.

pub mod git;
pub mod problems;
mod regular_file;
pub mod state;
