//! The hands of Campanile: the command line, and one room for each system that it talks to.

pub mod commands;
pub mod docker;
pub mod fleet;
pub mod git;
pub mod outside;
pub mod pass;
pub mod problems;
pub mod progress;
mod regular_file;
pub mod state;
pub mod world;
