//! One scrape: families of samples, made from what hangs on the board and written as Prometheus' text format 0.0.4.

use std::collections::{BTreeMap, BTreeSet};

use campanile_audit::grades::Scheme;
use campanile_audit::rules::Weight;
use campanile_plan::docker::Answer;
use campanile_plan::report::Status;
use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{CounterVec, Error, GaugeVec, Opts, TextEncoder};

use super::process::Process;
use super::{Metric, count, declared, seconds};
use crate::audit::known::KnownAudit;
use crate::board::Published;
use crate::known::{Known, KnownDns, Spending};

/// The server that is changed, among those that are known by their names; no domain name looks so.
const PRIMARY: &str = "primary";

/// Everything that one scrape is answered with.
#[derive(Default)]
pub(super) struct Scrape {
    families: Vec<MetricFamily>,
}

impl Scrape {
    /// Adds what was counted all the time.
    pub fn counted(&mut self, vector: &impl Collector) {
        // the encoder does not take a family without samples
        self.families.extend(vector.collect().into_iter().filter(|family| !family.get_metric().is_empty()));
    }

    /// Adds gauges: the values of their labels, and their own.
    pub fn gauge<'a, const LABELS: usize>(
        &mut self,
        metric: &Metric,
        samples: impl IntoIterator<Item = ([&'a str; LABELS], f64)>,
    ) -> Result<(), Error> {
        let vector = GaugeVec::new(Opts::new(metric.name, metric.help), metric.labels)?;
        for (labels, value) in samples {
            vector.get_metric_with_label_values(&labels)?.set(value);
        }
        self.counted(&vector);
        Ok(())
    }

    fn single(&mut self, metric: &Metric, value: impl IntoIterator<Item = f64>) -> Result<(), Error> {
        self.gauge(metric, value.into_iter().map(|value| ([], value)))
    }

    /// Adds the state that hangs on the board.
    pub fn state(&mut self, published: &Published) -> Result<(), Error> {
        let Published {
            started: _,
            known,
            plan: _,
            held,
            problems,
            engines,
            fetched,
            looked,
            passed,
            backoff,
            troubles,
        } = published;
        self.single(&declared::FETCH_SUCCESS, fetched.at.map(seconds))?;
        self.single(&declared::LOOK_SUCCESS, looked.map(seconds))?;
        self.single(&declared::PASS_SUCCESS, passed.map(seconds))?;
        self.single(&declared::HELD_REMOVALS, [count(held.len())])?;
        self.single(&declared::PROBLEMS, [count(*problems)])?;
        self.single(&declared::BACKOFF, [count(backoff.len())])?;
        self.single(&declared::TROUBLES, [count(troubles.len())])?;
        let waiting = backoff.iter().map(|lane| ([lane.lane.as_str()], f64::from(lane.attempts)));
        self.gauge(&declared::ATTEMPTS, waiting)?;
        let up = engines.iter().map(|(name, up)| ([name.as_str()], f64::from(u8::from(*up))));
        self.gauge(&declared::ENGINE_UP, up)?;
        self.members(known)?;
        self.sites(known)?;
        self.audit(known)?;
        self.zones(known)
    }

    fn members(&mut self, known: &Known) -> Result<(), Error> {
        let mut by_status: BTreeMap<[&str; 2], usize> = BTreeMap::new();
        let mut conditions = Vec::new();
        for member in &known.members {
            for since in &member.conditions {
                let (status, value) = status(since.condition.status);
                *by_status.entry([since.condition.kind, status]).or_default() += 1;
                conditions.push(([member.name.as_str(), since.condition.kind], value));
            }
        }
        self.gauge(&declared::MEMBER_CONDITION, conditions)?;
        self.gauge(
            &declared::MEMBERS,
            by_status.into_iter().map(|(labels, number)| (labels, count(number))),
        )?;
        let ready =
            known.members.iter().map(|member| ([member.name.as_str()], f64::from(u8::from(member.ready))));
        self.gauge(&declared::MEMBER_READY, ready)?;
        self.single(&declared::RETIRED, [count(known.retired.len())])
    }

    fn sites(&mut self, known: &Known) -> Result<(), Error> {
        let ends = known.certificates.iter().map(|(member, end)| ([member.as_str()], seconds(*end)));
        self.gauge(&declared::CERTIFICATE, ends)?;
        let issuers = || known.issuers.iter().map(|(name, spent)| ([name.as_str()], spent));
        let of = |number: fn(&Spending) -> usize| {
            issuers().map(move |(labels, spent)| (labels, count(number(spent))))
        };
        self.gauge(&declared::ISSUER_ORDERS, of(|spent| spent.orders))?;
        self.gauge(&declared::ISSUER_FAILURES, of(|spent| spent.failures))?;
        self.gauge(&declared::ISSUER_LEFT, of(|spent| spent.left))?;
        self.gauge(&declared::ISSUER_OPEN, of(|spent| spent.open))?;
        let asked = || {
            let hosts = known.answers.iter();
            hosts.map(|(host, asked)| ([asked.member.as_str(), host.as_str()], asked))
        };
        self.gauge(&declared::SITE_SECONDS, asked().map(|(labels, asked)| (labels, asked.seconds)))?;
        let code = |answer: &Answer| match answer {
            Answer::Status(status) => f64::from(*status),
            Answer::Nothing(_) => 0.0,
        };
        self.gauge(&declared::SITE_CODE, asked().map(|(labels, asked)| (labels, code(&asked.answer))))
    }

    fn zones(&mut self, known: &Known) -> Result<(), Error> {
        let Some(KnownDns { is_up, zones }) = &known.dns else { return Ok(()) };
        self.single(&declared::DNS_UP, [f64::from(u8::from(*is_up))])?;
        let (mut serials, mut served) = (Vec::new(), Vec::new());
        for (zone, there) in zones {
            serials.push(([zone.as_str(), PRIMARY], f64::from(there.serial)));
            for (server, answer) in &there.served {
                let labels = [zone.as_str(), server.as_str()];
                serials.extend(answer.map(|serial| (labels, f64::from(serial))));
                served.push((labels, f64::from(u8::from(answer.is_some()))));
            }
        }
        self.gauge(&declared::ZONE_SERIAL, serials)?;
        self.gauge(&declared::ZONE_SERVED, served)?;
        let records =
            zones.iter().map(|(zone, there)| ([there.member.as_str(), zone.as_str()], count(there.records)));
        self.gauge(&declared::ZONE_RECORDS, records)?;
        let ends =
            zones.iter().filter_map(|(zone, there)| Some(([zone.as_str()], seconds(there.signed_until?))));
        self.gauge(&declared::ZONE_SIGNATURES, ends)
    }

    fn audit(&mut self, known: &Known) -> Result<(), Error> {
        let Some(audit) = &known.audit else { return Ok(()) };
        let KnownAudit { ended, seconds: took, connections, members } = &**audit;
        self.single(&declared::AUDIT_LAST, [seconds(*ended)])?;
        self.single(&declared::AUDIT_DURATION, [*took])?;
        let connections = u32::try_from(*connections).unwrap_or(u32::MAX);
        self.single(&declared::AUDIT_CONNECTIONS, [f64::from(connections)])?;
        // one that is opted out, or left, is told no more
        let there: BTreeSet<&str> = known.members.iter().map(|member| member.name.as_str()).collect();
        let seen = || {
            let members = members.iter().map(|(name, (_, summary))| (name.as_str(), summary));
            members.filter(|(name, _)| there.contains(name))
        };
        self.gauge(&declared::AUDIT_CLASS, seen().map(|(name, it)| ([name, class(&it.class)], 1.0)))?;
        let grades = seen().flat_map(|(name, summary)| {
            let grades = summary.grades.iter();
            grades.map(move |it| ([name, it.object.as_str(), scheme(it.scheme), it.worst.as_str()], 1.0))
        });
        self.gauge(&declared::AUDIT_GRADE, grades)?;
        let ends = seen().flat_map(|(name, summary)| {
            summary.ends.iter().map(move |(host, end)| ([name, host.as_str()], seconds(*end)))
        });
        self.gauge(&declared::AUDIT_DAYS, ends)?;
        let found = seen().flat_map(|(name, summary)| {
            let wrong = summary.found.iter().filter(|(_, found)| found.fails > 0);
            wrong.map(move |(rule, it)| ([name, rule.as_str(), weight(it.weight)], f64::from(it.fails)))
        });
        self.gauge(&declared::AUDIT_FINDINGS, found)
    }

    /// Adds what the kernel says of this process.
    pub fn process(&mut self, process: Process) -> Result<(), Error> {
        let Process { resident, cpu, open_files, most_files } = process;
        self.single(&declared::RESIDENT, resident)?;
        self.single(&declared::OPEN_FILES, open_files)?;
        self.single(&declared::MOST_FILES, most_files)?;
        if let Some(cpu) = cpu {
            let metric = &declared::CPU;
            let vector = CounterVec::new(Opts::new(metric.name, metric.help), metric.labels)?;
            vector.with_label_values::<&str>(&[]).inc_by(cpu);
            self.counted(&vector);
        }
        Ok(())
    }

    /// The whole as text, in order of the names.
    pub fn text(mut self) -> Result<String, Error> {
        self.families.sort_by(|a, b| a.name().cmp(b.name()));
        TextEncoder::new().encode_to_string(&self.families)
    }
}

/// A class as a label.
fn class(name: &str) -> &'static str {
    match name {
        "sicuro" => "secure",
        "mal configurato" => "misconfigured",
        "gravi problemi di sicurezza" => "grave",
        "senza HTTPS" => "without",
        _ => "uncertain",
    }
}

/// A scheme of grades as a label.
fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::CertAgid => "cert-agid",
        Scheme::SslLabs => "ssl-labs",
        Scheme::Observatory => "observatory",
        Scheme::ModelloComuni => "modello-comuni",
        Scheme::InternetNl => "internet-nl",
    }
}

/// A weight as a label.
fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Notice => "notice",
        Weight::Minor => "minor",
        Weight::Major => "major",
        Weight::Grave => "grave",
    }
}

/// A status as a label and as a value.
fn status(status: Status) -> (&'static str, f64) {
    match status {
        Status::True => ("true", 1.0),
        Status::False => ("false", 0.0),
        Status::Unknown => ("unknown", -1.0),
    }
}
