//! The program `kinfolk`.

fn main() {}
