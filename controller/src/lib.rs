//! The hands of Campanile: the command line, and one room for each system that it talks to.

pub mod acme;
pub mod audit;
pub mod board;
pub mod commands;
pub mod dns;
pub mod docker;
pub mod fleet;
pub mod git;
pub mod history;
pub mod http;
pub mod known;
mod locked;
pub mod logging;
pub mod metrics;
pub mod outside;
pub mod pass;
pub mod problems;
pub mod progress;
mod regular_file;
pub mod run;
pub mod scope;
pub mod state;
pub mod world;
