//! The command line of Campanile.

fn main() {}
