//! The documents that tests write.

pub const SITE: &str = "campanile/site:1";
pub const INGRESS: &str = "campanile/ingress:1";
pub const BASE: &str = "campanile/base:trixie";
pub const DNS: &str = "campanile/dns:1";

/// A program for `command` that answers every request with the request's own head.
pub const ECHO: &str = "[perl, -MIO::Socket::INET, -e, '$SIG{TERM}=sub{exit};\
    $s=IO::Socket::INET->new(LocalPort=>8080,Listen=>9,ReuseAddr=>1)or die;\
    while($c=$s->accept){$r=\"\";while(<$c>){last if /^\\r?$/;$r.=$_}\
    print $c \"HTTP/1.0 200 OK\\r\\nContent-Length: \".length($r).\"\\r\\n\\r\\n$r\";close $c}']";

/// A member with a site that shows its title; `more` is added at the end, to the site or to the spec.
pub fn member(name: &str, title: &str, more: &str) -> String {
    let site = format!(
        "    image: {SITE}
    hosts: [www.comune.{name}.test, comune.{name}.test]
    port: 8080
    environment: {{SITE_TITLE: {title}}}
    resources: {{memory: 64MiB}}
    health: {{path: /health}}
{more}"
    );
    with_site(name, &site)
}

/// A member whose site has these fields, indented by four.
pub fn with_site(name: &str, site: &str) -> String {
    format!(
        "\
apiVersion: campanile.it/v1alpha1
kind: Member
metadata: {{name: {name}}}
spec:
  title: Comune di {name}
  domain: {{name: comune.{name}.test}}
  certificate: {{issuer: internal}}
  site:
{site}"
    )
}

/// A platform with engines, each an entry of `engine`.
pub fn platform(name: &str, engines: &[String]) -> String {
    format!(
        "\
apiVersion: campanile.it/v1alpha1
kind: Platform
metadata: {{name: {name}}}
spec:
  engines:
{}",
        engines.concat()
    )
}

/// An engine of a platform with its ingress on this machine.
pub fn engine(name: &str, endpoint: &str, range: &str, (http, https): (u16, u16)) -> String {
    format!(
        "    - name: {name}
      endpoint: {endpoint}
      range: {range}
      ingress: {{image: '{INGRESS}', http: '127.0.0.1:{http}', https: '127.0.0.1:{https}'}}
"
    )
}
