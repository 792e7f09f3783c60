//! TLS of real servers and of hostile ones, against facts that were written by hand from how they are set up.

mod looks;
mod openssl;
mod street;
