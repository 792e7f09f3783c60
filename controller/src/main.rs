//! The command line of Campanile.

fn main() -> std::process::ExitCode {
    campanile::commands::main()
}
