//! Memory of this process and of the machine, where the system tells (Linux).

/// Resident memory of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    /// Bytes in use now.
    pub(super) held: u64,
    /// The most so far.
    pub(super) peak: u64,
}

/// What this process uses; `None` where the system does not tell.
pub(super) fn of_process() -> Option<Memory> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(Memory {
        held: entry(&status, "VmRSS:")?,
        peak: entry(&status, "VmHWM:")?,
    })
}

/// An entry in kibibytes as bytes.
fn entry(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|l| l.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Memory that can still be had: of the machine, of the container this runs in, or of what `ulimit -v` leaves this process,
/// whichever is least; `None` where the system does not tell.
pub(super) fn free() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| entry(&text, "MemAvailable:"));
    let number = |path| -> Option<u64> { std::fs::read_to_string(path).ok()?.trim().parse().ok() };
    let container = number("/sys/fs/cgroup/memory.max")
        .zip(number("/sys/fs/cgroup/memory.current"))
        .map(|(most, used)| most.saturating_sub(used));
    machine.into_iter().chain(container).chain(addresses()).min()
}

/// What is left of the address space that this process may have, where it is limited.
fn addresses() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|l| l.strip_prefix("Max address space"))?;
    let most: u64 = line.split_whitespace().next()?.parse().ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(most.saturating_sub(entry(&status, "VmSize:")?))
}

/// What any table may take while it is read.
const LEAST: u64 = 1_000_000;

/// What reading may take: as asked, else what is free. `asked` counts all that the process holds.
pub(super) fn for_reading(asked: Option<u64>) -> Option<u64> {
    let held = of_process().map_or(0, |m| m.held);
    // Small tables are read in any case: what the run would take is said better than what reading would.
    let asked = asked.map(|most| most.saturating_sub(held).max(LEAST));
    asked.into_iter().chain(free()).min()
}
