//! The binding: words of a command line in, events out. Everything else is Python, in `kinfolk/`.

mod columns;

use kinfolk::cli::{Event, call};
use kinfolk::export::OutputFolder;
use kinfolk::{Error, ErrorKind};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

pyo3::create_exception!(
    kinfolk,
    NoSegments,
    PyValueError,
    "The data support no segments, and `require_segments=True` asks for them."
);

/// How long an interrupt waits to be noticed.
const GLANCE: Duration = Duration::from_millis(50);

fn raised(error: &Error) -> PyErr {
    let words = error.to_string();
    match error.kind() {
        ErrorKind::Io => PyOSError::new_err(words),
        ErrorKind::NoSegments => NoSegments::new_err(words),
        _ => PyValueError::new_err(words),
    }
}

/// Runs a command. `hear(kind, code, text)` is called on this thread: `kind` is `stage`, `said`, `warning` or `printed`.
///
/// The work is done by threads of this call, while this one holds no lock of the interpreter and looks for signals.
#[pyfunction]
#[pyo3(signature = (words, name, data, hear))]
fn run(
    py: Python<'_>,
    words: Vec<String>,
    name: String,
    data: Option<&[u8]>,
    hear: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let input = data.map(|bytes| (name, bytes.to_vec()));
    let stop = AtomicBool::new(false);
    let (tell, mut events) = channel();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| work(&words, input, tell, &stop));
        let mut failed: Option<PyErr> = None;
        loop {
            let event = py.detach(|| next(&mut events));
            let heard = match event {
                Ok(event) => pass_on(event, hear),
                Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Err(e) = heard.and_then(|()| py.check_signals())
                && failed.is_none()
            {
                stop.store(true, Ordering::Relaxed);
                failed = Some(e);
            }
        }
        let ended = py.detach(|| worker.join());
        match (failed, ended) {
            (Some(e), _) => Err(e),
            (None, Ok(result)) => result.map_err(|e| raised(&e)),
            // A fault of ours: pyo3 turns it into a PanicException.
            (None, Err(panic)) => std::panic::resume_unwind(panic),
        }
    })
}

fn next(events: &mut Receiver<Event>) -> Result<Event, RecvTimeoutError> {
    events.recv_timeout(GLANCE)
}

/// The run itself; ends at the next stage after `stop`.
fn work(
    words: &[String],
    input: Option<(String, Vec<u8>)>,
    tell: Sender<Event>,
    stop: &AtomicBool,
) -> kinfolk::Result<()> {
    call(words, input, &|event| {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::interrupted("nobody waits for it"));
        }
        // Whoever listened is gone only after `stop`.
        let _ = tell.send(event);
        Ok(())
    })
}

fn pass_on(event: Event, hear: &Bound<'_, PyAny>) -> PyResult<()> {
    let (kind, code, text) = match event {
        Event::Stage(name) => ("stage", "", name.to_owned()),
        Event::Said(text) => ("said", "", text),
        Event::Warned(warning) => ("warning", warning.code, warning.message.to_string()),
        Event::Printed(bytes) => ("printed", "", String::from_utf8_lossy(&bytes).into_owned()),
        _ => return Ok(()),
    };
    hear.call1((kind, code, text)).map(drop)
}

/// Copies the files `names` of the folder `from`, `run.json` among them, to the folder `to`, all or none.
#[pyfunction]
fn save(py: Python<'_>, from: PathBuf, names: Vec<String>, to: PathBuf, force: bool) -> PyResult<PathBuf> {
    py.detach(|| copy_all(&from, &names, &to, force))
        .map_err(|e| raised(&e))
}

fn copy_all(from: &Path, names: &[String], to: &Path, force: bool) -> kinfolk::Result<PathBuf> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut folder = OutputFolder::prepare(to, &names, &[], force)?;
    for name in names {
        let source = from.join(name);
        folder.write(name, |out| {
            File::open(&source)
                .and_then(|mut file| io::copy(&mut file, out))
                .map_err(|e| Error::io(&source, "cannot be copied", e))
        })?;
    }
    folder.publish()
}

#[pymodule]
fn _kinfolk(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(run, module)?)?;
    module.add_function(wrap_pyfunction!(save, module)?)?;
    module.add_function(wrap_pyfunction!(columns::csv, module)?)?;
    module.add("BRIDGE_SCORE", kinfolk::centrality::BRIDGE_SCORE)?;
    module.add("NoSegments", module.py().get_type::<NoSegments>())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
