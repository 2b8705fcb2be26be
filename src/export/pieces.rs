//! Long files, made in parallel and written in order.

use rayon::prelude::*;
use std::io::{self, Write};
use std::ops::Range;

/// Makes pieces of `0..n` in parallel and hands them over in order. A few pieces are in memory at a time.
///
/// # Errors
/// The first that `take` returns.
pub(super) fn in_order<T: Send, E>(
    n: usize,
    make: impl Fn(Range<usize>) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    const LENGTH: usize = 1024;
    let starts: Vec<usize> = (0..n).step_by(LENGTH).collect();
    for group in starts.chunks(8 * rayon::current_num_threads()) {
        let pieces: Vec<T> = group
            .par_iter()
            .map(|&start| make(start..(start + LENGTH).min(n)))
            .collect();
        pieces.into_iter().try_for_each(&mut take)?;
    }
    Ok(())
}

/// Writes things `0..n` one after the other, each as `push` puts it behind what is there.
///
/// # Errors
/// Where `out` cannot be written.
pub(super) fn write_each(
    n: usize,
    push: impl Fn(&mut Vec<u8>, usize) + Sync,
    out: &mut impl Write,
) -> io::Result<()> {
    let piece = |range: Range<usize>| {
        let mut piece = Vec::new();
        range.for_each(|i| push(&mut piece, i));
        piece
    };
    in_order(n, piece, |piece| out.write_all(&piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_arrive_in_order_and_none_is_missing() {
        for n in [0, 1, 1024, 1025, 100_000] {
            let mut all = Vec::new();
            let done: Result<(), ()> = in_order(n, Vec::from_iter, |piece| {
                all.extend(piece);
                Ok(())
            });
            assert!(done.is_ok() && all.iter().copied().eq(0..n), "{n}");
        }
    }
}
