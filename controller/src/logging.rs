//! What the daemon writes to standard error: one fact, one event; a constant message, the facts as fields.

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// How much is written, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct Logging {
    /// How events are written to standard error
    #[arg(long, value_enum, value_name = "FORMAT", env = "CAMPANILE_LOG_FORMAT", default_value = "text")]
    pub log_format: Format,
    /// The least weight of an event that is written
    #[arg(long, value_enum, value_name = "LEVEL", env = "CAMPANILE_LOG_LEVEL", default_value = "info")]
    pub log_level: Level,
}

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for people.
    Text,
    /// A line of JSON for programs.
    Json,
}

/// How much an event weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Somebody has to do something.
    Error,
    /// Something is not as it should be, and the daemon goes on.
    Warn,
    /// What was done.
    Info,
    /// Why something was not done.
    Debug,
    /// Every call.
    Trace,
}

impl Level {
    fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Begins to write events to standard error, with RFC 3339 times in UTC. A second call changes nothing.
pub fn init(format: Format, level: Level) {
    let layer = layer(format, level, std::io::stderr);
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

fn layer<W>(format: Format, level: Level, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> fmt::MakeWriter<'w> + Send + Sync + 'static,
{
    // of other crates, only what is wrong: their debug events hold requests, and requests hold tokens
    let others = level.filter().min(LevelFilter::WARN);
    let filter = Targets::new().with_default(others).with_target("campanile", level.filter());
    let layer = fmt::layer().with_writer(writer);
    match format {
        Format::Text => layer.with_filter(filter).boxed(),
        Format::Json => {
            let layer = layer.json().flatten_event(true).with_current_span(false).with_span_list(false);
            layer.with_filter(filter).boxed()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use jiff::Timestamp;
    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: Format, level: Level) -> String {
        let written = Written::default();
        let writer = written.clone();
        let layer = layer(format, level, move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(member = "calco", steps = 3, "lane done");
            tracing::debug!("lane skipped");
            tracing::warn!(target: "bollard", "retry");
            tracing::info!(target: "bollard", "request with a token");
        });
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_has_a_line_for_each_event_with_its_facts_as_fields() {
        let text = written(Format::Json, Level::Info);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(messages, ["lane done", "retry"]);
        assert_eq!((&lines[0]["member"], &lines[0]["steps"]), (&"calco".into(), &3.into()));
        let time = lines[0]["timestamp"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.parse::<Timestamp>().is_ok(), "{time}");
    }

    #[test]
    fn text_is_a_line_for_people() {
        let text = written(Format::Text, Level::Debug);
        assert!(
            text.contains("INFO campanile::logging::tests: lane done member=\"calco\" steps=3\n"),
            "{text}"
        );
        assert!(text.contains("lane skipped") && !text.contains("request with a token"), "{text}");
        assert!(!text.contains('\u{1b}'), "colours in a log");
    }

    #[test]
    fn a_higher_level_holds_for_every_crate() {
        assert_eq!(written(Format::Text, Level::Error), "");
    }
}
