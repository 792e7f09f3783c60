//! Every metric that the daemon has: its name, its labels, and what it tells.
//!
//! Names keep to Prometheus' own rules, as `promtool check metrics` knows them; the page docs/metrics.md is made from here.

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only grows, until a restart.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How many observations were at most so large.
    Histogram(&'static [f64]),
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

/// From a plan of nothing to an apply that waits for images, in seconds.
const STAGES: &[f64] = &[0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];
/// From a label that is written to a large image that is pulled, in seconds.
const STEPS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0];

macro_rules! metrics {
    ($($constant:ident = $kind:expr, $name:literal, $labels:expr, $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric { name: $name, kind: $kind, labels: &$labels, help: $help };
        )*
        /// All of them.
        pub const ALL: &[&Metric] = &[$(&$constant),*];
    };
}

metrics! {
    BUILD_INFO = Kind::Gauge, "campanile_build_info", ["version"], "1; the version is the label.";

    PASSES = Kind::Counter, "campanile_passes_total", ["why", "result"],
        "Passes by what began them and how they ended.";
    PASS_STAGE = Kind::Histogram(STAGES), "campanile_pass_stage_duration_seconds", ["stage"],
        "Time that each stage of a pass took.";
    PASS_SUCCESS = Kind::Gauge, "campanile_pass_last_success_timestamp_seconds", [],
        "When a pass last ended without a failure.";
    LOOK_SUCCESS = Kind::Gauge, "campanile_look_last_success_timestamp_seconds", [],
        "When a look last saw everything.";
    FETCHES = Kind::Counter, "campanile_fetches_total", ["result"], "Fetches of the fleet by how they ended.";
    FETCH_SUCCESS = Kind::Gauge, "campanile_fetch_last_success_timestamp_seconds", [],
        "When the fleet was last fetched.";
    STEPS_DONE = Kind::Counter, "campanile_steps_total", ["action", "result"],
        "Steps by what they do and how they ended.";
    STEP_DURATION = Kind::Histogram(STEPS), "campanile_step_duration_seconds", ["action"],
        "Time that each step took.";
    HELD_REMOVALS = Kind::Gauge, "campanile_held_removals", [], "Members whose removals are held.";
    PROBLEMS = Kind::Gauge, "campanile_documents_problems", [], "Problems in the documents of the fleet.";
    BACKOFF = Kind::Gauge, "campanile_lanes_backoff", [], "Lanes that wait after a failure.";
    ATTEMPTS = Kind::Gauge, "campanile_lane_attempts", ["lane"],
        "How often a lane that waits failed in a row.";
    TROUBLES = Kind::Gauge, "campanile_troubles", [],
        "What is wrong with the daemon itself; /api/v1/daemon says what.";
    HISTORY_FAILED = Kind::Counter, "campanile_history_writes_failed_total", [],
        "Writes to the history that failed.";

    MEMBERS = Kind::Gauge, "campanile_members", ["condition", "status"],
        "Members by each condition and its status (true, false, unknown).";
    MEMBER_READY = Kind::Gauge, "campanile_member_ready", ["member"],
        "1 if every condition of the member is true, else 0.";
    MEMBER_CONDITION = Kind::Gauge, "campanile_member_condition", ["member", "condition"],
        "1 if it is true, 0 if it is false, -1 if nobody could see.";
    RETIRED = Kind::Gauge, "campanile_retired_members", [],
        "Members that left and whose volumes are still there.";
    CERTIFICATE = Kind::Gauge, "campanile_certificate_expiry_timestamp_seconds", ["member"],
        "When the member's certificate ends.";
    SITE_SECONDS = Kind::Gauge, "campanile_site_answer_duration_seconds", ["member", "host"],
        "From connecting to the head of the answer, asked from outside.";
    SITE_CODE = Kind::Gauge, "campanile_site_answer_code", ["member", "host"],
        "The HTTP status that the site answered from outside; 0 if it did not answer.";

    ISSUER_ORDERS = Kind::Gauge, "campanile_issuer_orders", ["issuer"],
        "Orders of certificates placed at the issuer in the last seven days.";
    ISSUER_FAILURES = Kind::Gauge, "campanile_issuer_failures", ["issuer"],
        "Names of which the issuer could not see whose they are, in the last seven days.";
    ISSUER_LEFT = Kind::Gauge, "campanile_issuer_orders_left", ["issuer"],
        "Orders that the issuer's limit for our account still lets through.";
    ISSUER_OPEN = Kind::Gauge, "campanile_issuer_orders_open", ["issuer"],
        "Orders that are placed, and whose certificate has not come yet.";

    AUDIT_LAST = Kind::Gauge, "campanile_audit_last_timestamp_seconds", [],
        "When the last audit of the fleet ended.";
    AUDIT_DURATION = Kind::Gauge, "campanile_audit_duration_seconds", [], "How long the last audit took.";
    AUDIT_CONNECTIONS = Kind::Gauge, "campanile_audit_connections", [],
        "Connections that the last audit opened.";
    AUDIT_CLASS = Kind::Gauge, "campanile_audit_class", ["member", "class"],
        "1 for the class that the member is in by the last audit: secure, misconfigured, grave, without or uncertain.";
    AUDIT_GRADE = Kind::Gauge, "campanile_audit_grade", ["member", "object", "scheme", "grade"],
        "1 for the grade that a host or domain has by a scheme; the worst that it can be, where facts are unknown.";
    AUDIT_DAYS = Kind::Gauge, "campanile_audit_certificate_expiry_timestamp_seconds", ["member", "host"],
        "When the certificate ends that the host showed to the last audit.";
    AUDIT_FINDINGS = Kind::Gauge, "campanile_audit_findings", ["member", "rule", "weight"],
        "How often the last audit found something wrong at the member by this rule.";

    DNS_UP = Kind::Gauge, "campanile_dns_up", [],
        "1 if the name server that is changed answered the last look, else 0.";
    ZONE_SERIAL = Kind::Gauge, "campanile_zone_serial", ["zone", "server"],
        "Serial of the zone at each of its name servers; primary is the one that is changed.";
    ZONE_RECORDS = Kind::Gauge, "campanile_zone_records", ["member", "zone"],
        "Records of the member's zone, without those that the server keeps by itself.";
    ZONE_SIGNATURES = Kind::Gauge, "campanile_zone_signature_expiry_timestamp_seconds", ["zone"],
        "When the first of the zone's signatures ends.";
    ZONE_SERVED = Kind::Gauge, "campanile_zone_served", ["zone", "server"],
        "1 if the name server answered for the zone, else 0.";

    ENGINE_UP = Kind::Gauge, "campanile_engine_up", ["engine"], "1 if the engine answered the last look, else 0.";
    ENGINE_EVENTS = Kind::Counter, "campanile_engine_events_total", ["engine", "result"],
        "Events of the engine by what was made of them.";

    REQUESTS = Kind::Counter, "campanile_http_requests_total", ["route", "code"],
        "Requests to the daemon by route and status.";
    WEBHOOKS = Kind::Counter, "campanile_webhooks_total", ["result"],
        "Calls of the webhook by what was made of them.";

    RESIDENT = Kind::Gauge, "process_resident_memory_bytes", [], "Memory of the daemon.";
    CPU = Kind::Counter, "process_cpu_seconds_total", [], "Time of processors that the daemon took.";
    START = Kind::Gauge, "process_start_time_seconds", [], "When the daemon started.";
    OPEN_FILES = Kind::Gauge, "process_open_fds", [], "Files and sockets that the daemon has open.";
    MOST_FILES = Kind::Gauge, "process_max_fds", [], "Files and sockets that the daemon may have open.";
}
