//! What Prometheus reads.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use campanile::board::Published;
use campanile::metrics::{ALL, Metrics, Stage};

use crate::daemon::{daemon, published};

/// Metrics with something in each.
fn filled() -> Metrics {
    let metrics = Metrics::new("1.2.3").unwrap();
    let took = Duration::from_millis(120);
    for stage in Stage::ALL {
        metrics.stage(stage, took);
    }
    metrics.pass("webhook", "ok");
    metrics.step("create_container", true, took);
    metrics.step("pull_image", false, took);
    metrics.fetched(true);
    metrics.webhook("accepted");
    metrics.request("/healthz", 200);
    metrics.event("local", "taken");
    metrics.event("gone", "own");
    metrics.history_failed();
    metrics
}

#[test]
fn promtool_has_nothing_to_say() {
    let text = filled().text(&published());
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing; tests/machine/packages tests installs it");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}\n{text}", String::from_utf8_lossy(&said));
}

#[test]
fn every_metric_is_told_and_no_other() {
    let text = filled().text(&published());
    let told: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert_eq!(told, ALL.iter().map(|metric| metric.name).collect());
}

#[test]
fn state_is_told_as_rules_need_it() {
    let text = filled().text(&published());
    for line in [
        "campanile_build_info{version=\"1.2.3\"} 1",
        "campanile_member_ready{member=\"calco\"} 1",
        "campanile_member_ready{member=\"lecco\"} 0",
        "campanile_member_condition{condition=\"SiteServed\",member=\"calco\"} 1",
        "campanile_member_condition{condition=\"SiteServed\",member=\"lecco\"} 0",
        "campanile_member_condition{condition=\"SiteServed\",member=\"varenna\"} -1",
        "campanile_members{condition=\"DocumentValid\",status=\"true\"} 3",
        "campanile_members{condition=\"SiteServed\",status=\"unknown\"} 1",
        "campanile_site_answer_code{host=\"www.calco.test\",member=\"calco\"} 200",
        "campanile_site_answer_code{host=\"www.lecco.test\",member=\"lecco\"} 0",
        "campanile_site_answer_duration_seconds{host=\"www.calco.test\",member=\"calco\"} 0.012",
        "campanile_certificate_expiry_timestamp_seconds{member=\"calco\"} 1801440000",
        "campanile_issuer_orders{issuer=\"encrypt\"} 7",
        "campanile_issuer_failures{issuer=\"encrypt\"} 2",
        "campanile_issuer_orders_left{issuer=\"encrypt\"} 293",
        "campanile_issuer_orders_open{issuer=\"encrypt\"} 1",
        "campanile_audit_last_timestamp_seconds 1795401060",
        "campanile_audit_duration_seconds 42.5",
        "campanile_audit_connections 600",
        "campanile_audit_class{class=\"misconfigured\",member=\"calco\"} 1",
        "campanile_audit_grade{grade=\"B\",member=\"calco\",object=\"www.calco.test\",scheme=\"ssl-labs\"} 1",
        "campanile_audit_certificate_expiry_timestamp_seconds{host=\"www.calco.test\",member=\"calco\"} 1801440000",
        "campanile_audit_findings{member=\"calco\",rule=\"tls-old-versions\",weight=\"major\"} 2",
        "campanile_dns_up 1",
        "campanile_zone_serial{server=\"primary\",zone=\"comune.calco.test\"} 7",
        "campanile_zone_serial{server=\"ns2.cst.test\",zone=\"comune.calco.test\"} 6",
        "campanile_zone_served{server=\"ns2.cst.test\",zone=\"comune.calco.test\"} 1",
        "campanile_zone_served{server=\"ns3.cst.test\",zone=\"comune.calco.test\"} 0",
        "campanile_zone_records{member=\"calco\",zone=\"comune.calco.test\"} 12",
        "campanile_zone_signature_expiry_timestamp_seconds{zone=\"comune.calco.test\"} 1796083200",
        "campanile_fetch_last_success_timestamp_seconds 1795426200",
        "campanile_lane_attempts{lane=\"local/lecco\"} 4",
        "campanile_engine_up{engine=\"valle\"} 0",
        "campanile_held_removals 1",
        "campanile_documents_problems 3",
        "campanile_pass_stage_duration_seconds_bucket{stage=\"look\",le=\"0.25\"} 1",
        "campanile_steps_total{action=\"pull_image\",result=\"failed\"} 1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
}

#[test]
fn what_is_gone_is_told_no_more() {
    let metrics = filled();
    assert!(metrics.text(&Published::default()).contains("engine=\"gone\""), "dropped before the first look");
    let text = metrics.text(&published());
    assert!(text.contains("engine=\"local\"") && !text.contains("engine=\"gone\""), "{text}");
    assert!(!text.contains("member=\"gone\""), "audited, and left since: {text}");
    let text = metrics.text(&Published { looked: published().looked, ..Published::default() });
    for gone in ["calco", "local", "www.lecco.test", "ns1.cst.test", "campanile_dns_up", "campanile_audit"] {
        assert!(!text.contains(gone), "{gone} is still in\n{text}");
    }
}

#[test]
fn a_nation_is_told_in_a_moment() {
    let mut published = published();
    let known = std::sync::Arc::make_mut(&mut published.known);
    let member = known.members[0].clone();
    known.members = (0..8000)
        .map(|number| {
            let mut member = member.clone();
            member.name = format!("member-{number}").parse().unwrap();
            let conditions = member.conditions.clone();
            member.conditions = (0..3).flat_map(|_| conditions.clone()).collect();
            member
        })
        .collect();
    let begun = std::time::Instant::now();
    let text = filled().text(&published);
    assert_eq!(text.lines().filter(|line| line.starts_with("campanile_member_ready{")).count(), 8000);
    // Prometheus gives up after ten
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn requests_are_counted_by_route_and_never_by_path() {
    let daemon = daemon();
    for path in ["/api/v1/members/calco", "/api/v1/members/nobody", "/admin.php", "/%2e%2e/x?y=1"] {
        daemon.get(path);
    }
    let text = daemon.get("/metrics").body;
    let counted: Vec<&str> =
        text.lines().filter(|line| line.starts_with("campanile_http_requests_total{")).collect();
    assert_eq!(
        counted,
        [
            "campanile_http_requests_total{code=\"200\",route=\"/api/v1/members/{name}\"} 1",
            "campanile_http_requests_total{code=\"404\",route=\"/api/v1/members/{name}\"} 1",
            "campanile_http_requests_total{code=\"404\",route=\"other\"} 2",
        ]
    );
}
