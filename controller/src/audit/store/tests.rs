//! What is kept comes back, in bounds, and survives what happens to files.
