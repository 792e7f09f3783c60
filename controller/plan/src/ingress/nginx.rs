//! nginx's configuration: rendered from typed values, so that nothing can be written into it.
//!
//! TLS as AgID-RACCSECTLS-01 (2020) asks, in Mozilla's intermediate profile 6 (2026): TLS 1.2 and 1.3,
//! suites with forward secrecy and authenticated encryption, no DHE.

use std::net::SocketAddr;

use crate::docker::Lead;
use crate::document::values::{Bytes, MemberName, PlatformName, Seconds, WorkloadName};
use crate::document::{Ingress, Workload};

const DEFAULT_BODY: Bytes = Bytes::mebi(16);
const DEFAULT_TIMEOUT: Seconds = Seconds::of(60);

const CIPHERS: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// Pages that issuers of certificates ask for by HTTP (RFC 8555, 8.3), also under names that have no certificate yet.
const CHALLENGES: &str = "location /.well-known/acme-challenge/ { alias /etc/campanile/challenges/; default_type \
text/plain; log_not_found off; }";

/// The index: everything that all members share, and the routes by path.
pub fn index<'a>(
    platform: &PlatformName,
    ingress: &Ingress,
    routes: impl Iterator<Item = &'a String>,
) -> String {
    let (http, https) = (ingress.http.socket(), ingress.https.value.socket());
    let includes: String =
        routes.flat_map(|path| ["    include /etc/campanile/", path.as_str(), ";\n"]).collect();
    let authority = authority(https);
    format!(
        r#"# The ingress of {platform}, written by Campanile: changes made here by hand are undone.
user www-data;
worker_processes auto;
worker_shutdown_timeout 60s;
pid /run/nginx.pid;
error_log /dev/stderr warn;
events {{
    worker_connections 4096;
}}
http {{
    log_format members escape=json '{{"time":"$time_iso8601","member":"$member","host":"$host","client":"$remote_addr",'
        '"method":"$request_method","path":"$uri","status":$status,"bytes":$bytes_sent,"seconds":$request_time,'
        '"upstream":"$upstream_addr","upstream_seconds":"$upstream_response_time","protocol":"$server_protocol",'
        '"tls":"$ssl_protocol","referer":"$http_referer","agent":"$http_user_agent"}}';
    access_log /dev/stdout members;
    server_tokens off;
    default_type application/octet-stream;
    server_names_hash_max_size 16384;
    server_names_hash_bucket_size 256;
    variables_hash_max_size 2048;
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    # a visitor has these times and sizes, and no others
    client_header_timeout 15s;
    client_body_timeout 30s;
    send_timeout 30s;
    keepalive_timeout 65s;
    large_client_header_buffers 4 16k;

    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers {CIPHERS};
    ssl_prefer_server_ciphers off;
    ssl_ecdh_curve X25519:prime256v1:secp384r1;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $member_connection;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-Port $server_port;
    # what a visitor says of himself here is nobody's to believe
    proxy_set_header Forwarded "";
    proxy_set_header X-Forwarded-Server "";
    proxy_set_header X-Forwarded-Prefix "";
    proxy_set_header X-Original-URL "";
    proxy_set_header X-Rewrite-URL "";
    proxy_set_header True-Client-IP "";
    proxy_set_header Proxy "";
    proxy_connect_timeout 2s;
    # a kept connection that the workload closed just then is tried anew
    proxy_next_upstream error;

    # WebSockets
    map $http_upgrade $member_connection {{ default upgrade; "" ""; }}

    # what the site says itself is left as it is; what it does not say is said here
    map $upstream_http_strict_transport_security $member_hsts {{ "" "max-age=31536000"; }}
    map $upstream_http_x_content_type_options $member_nosniff {{ "" "nosniff"; }}
    map $upstream_http_x_frame_options $member_frame {{ "" "SAMEORIGIN"; }}
    map $upstream_http_referrer_policy $member_referrer {{ "" "strict-origin-when-cross-origin"; }}

    # nobody's host: no answer, no certificate; another ingress may listen beside this one
    server {{
        listen {http} default_server reuseport;
        server_name _;
        set $member "";
        access_log off;
        {CHALLENGES}
        location / {{
            return 444;
        }}
    }}
    server {{
        listen {https} ssl default_server reuseport;
        server_name _;
        access_log off;
        ssl_reject_handshake on;
    }}
    map $host $authority {{ default $host{authority}; }}

{includes}}}
"#
    )
}

/// The port in a URL, if it is not HTTPS's own.
fn authority(https: SocketAddr) -> String {
    match https.port() {
        443 => String::new(),
        port => format!(":{port}"),
    }
}

/// Where a route leads, read back from the text that [`route`] gave it.
pub fn lead(text: &str) -> Lead {
    let mut lead = Lead::default();
    for line in text.lines() {
        let Some(words) = line.trim().strip_suffix(';') else { continue };
        if let Some(hosts) = words.strip_prefix("server_name ") {
            lead.hosts.extend(hosts.split_whitespace().map(str::to_owned));
        } else if let Some(server) = words.strip_prefix("server ") {
            lead.address = server.rsplit_once(':').and_then(|(address, _)| address.parse().ok());
        }
    }
    lead
}

/// The route of one workload: its hosts lead to an address.
pub fn route(
    (member, name): (&MemberName, &WorkloadName),
    workload: &Workload,
    address: &str,
    certificate: &str,
    ingress: &Ingress,
) -> String {
    let upstream = format!("{member}.{name}");
    let (http, https) = (ingress.http.socket(), ingress.https.value.socket());
    let hosts: Vec<&str> = workload.hosts.iter().map(|host| host.value.as_str()).collect();
    let hosts = hosts.join(" ");
    let port = workload.port.as_ref().map_or(80, |port| port.value.number());
    let requests = workload.requests.as_ref();
    let body = requests.and_then(|requests| requests.max_body).unwrap_or(DEFAULT_BODY).bytes();
    let timeout = requests.and_then(|requests| requests.timeout).unwrap_or(DEFAULT_TIMEOUT).count();
    format!(
        r#"upstream {upstream} {{
    server {address}:{port};
    keepalive 8;
}}
server {{
    listen {http};
    server_name {hosts};
    set $member "{member}";
    {CHALLENGES}
    location / {{
        return 308 https://$authority$request_uri;
    }}
}}
server {{
    listen {https} ssl;
    http2 on;
    server_name {hosts};
    set $member "{member}";
    ssl_certificate /etc/campanile/{certificate};
    ssl_certificate_key /etc/campanile/{certificate};
    client_max_body_size {body};
    add_header Strict-Transport-Security $member_hsts always;
    add_header X-Content-Type-Options $member_nosniff always;
    add_header X-Frame-Options $member_frame always;
    add_header Referrer-Policy $member_referrer always;
    location / {{
        proxy_pass http://{upstream};
        proxy_read_timeout {timeout}s;
        proxy_send_timeout {timeout}s;
        error_page 502 504 = @away;
    }}
    location @away {{
        internal;
        default_type "text/html; charset=utf-8";
        add_header Retry-After 60 always;
        add_header Strict-Transport-Security "max-age=31536000" always;
        add_header X-Content-Type-Options "nosniff" always;
        return 503 "<!doctype html><html lang=it><meta charset=utf-8><title>Sito non raggiungibile</title><h1>Il sito non risponde in questo momento</h1><p>Riprova tra qualche minuto.</p></html>";
    }}
}}
"#
    )
}
