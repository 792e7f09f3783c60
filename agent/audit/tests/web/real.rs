//! nginx and Apache, as they are set up in the field.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use campanile_audit::facts::{CrossOrigin, End, Web};
use campanile_audit::probes::http;
use tempfile::TempDir;

use super::server::{certificate, eyes};

/// A server that runs until it is dropped.
pub struct Running {
    plain: u16,
    pub secure: u16,
    child: Child,
    _folder: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    pub async fn visit(&self) -> (Web, Option<Vec<u8>>) {
        http::visit(&eyes("comune.test"), "comune.test", self.secure, self.plain).await
    }
}

/// Files of a site: path and content.
pub type Files<'a> = &'a [(&'a str, &'a [u8])];

/// Starts a server on its configuration, in which `FOLDER`, `PLAIN` and `SECURE` stand for its folder and its ports.
fn start(configuration: &str, files: Files<'_>, command: impl Fn(&Path) -> Command) -> Running {
    let folder = TempDir::new().unwrap();
    // Apache's own user reads it
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (chain, key) = certificate();
    for (path, content) in [("cert.pem", chain.as_bytes()), ("key.pem", key.as_bytes())].iter().chain(files) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [plain, secure] = ports.map(|listener| listener.local_addr().unwrap().port());
    let configuration = configuration
        .replace("FOLDER", folder.path().to_str().unwrap())
        .replace("PLAIN", &format!("127.0.0.1:{plain}"))
        .replace("SECURE", &format!("127.0.0.1:{secure}"));
    std::fs::write(folder.path().join("server.conf"), configuration).unwrap();
    let child = command(folder.path()).stdout(Stdio::null()).spawn().unwrap();
    let running = Running { plain, secure, child, _folder: folder };
    let begin = Instant::now();
    while [plain, secure].iter().any(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()) {
        assert!(begin.elapsed() < Duration::from_secs(20), "the server does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    running
}

/// nginx with these servers.
pub fn nginx(servers: &str, files: Files<'_>) -> Running {
    let text = format!(
        "daemon off; master_process off; pid FOLDER/pid; error_log FOLDER/error.log;\nevents {{ worker_connections 64; }}\n\
         http {{ access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p; fastcgi_temp_path FOLDER/f;\n\
         uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s; types {{ text/html html; text/plain txt; }}\n\
         ssl_certificate FOLDER/cert.pem; ssl_certificate_key FOLDER/key.pem; root FOLDER/site;\n{servers}\n}}\n"
    );
    start(&text, files, |folder| {
        let mut command = Command::new("nginx");
        command.arg("-c").arg(folder.join("server.conf")).arg("-e").arg(folder.join("error.log"));
        command
    })
}

fn apache(site: &str, files: Files<'_>) -> Running {
    let modules =
        ["mpm_event", "authz_core", "mime", "dir", "alias", "headers", "filter", "deflate", "brotli", "ssl"];
    let load =
        |module: &&str| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n");
    let text = format!(
        "{}ServerName comune.test\nServerRoot FOLDER\nPidFile FOLDER/pid\nErrorLog FOLDER/error.log\nDefaultRuntimeDir FOLDER\n\
         User www-data\nGroup www-data\nListen PLAIN\nListen SECURE\nTypesConfig /dev/null\nAddType text/html .html\n\
         AddType text/plain .txt\nDocumentRoot FOLDER/site\nDirectoryIndex index.html\n\
         <VirtualHost SECURE>\nSSLEngine on\nSSLCertificateFile FOLDER/cert.pem\nSSLCertificateKeyFile FOLDER/key.pem\n{site}\n\
         </VirtualHost>\n<VirtualHost PLAIN>\n</VirtualHost>\n",
        modules.iter().map(load).collect::<Vec<_>>().concat()
    );
    start(&text, files, |folder| {
        let mut command = Command::new("/usr/sbin/apache2");
        command.arg("-X").arg("-f").arg(folder.join("server.conf"));
        command
    })
}

const HOME: &[u8] =
    b"<!doctype html><html lang=it><title>Comune di Barzago</title><script src=/a.js></script>\n";

/// The hops of a way: address, status, where it leads.
fn hops(web: &Web, secure: bool) -> Vec<(String, u16, Option<String>)> {
    let visit = if secure { &web.secure } else { &web.plain };
    let visit = visit.known().unwrap();
    assert_eq!(visit.end, End::Page);
    visit.hops.iter().map(|hop| (hop.url.clone(), hop.status, hop.leads_to.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_as_it_should_be() {
    let server = nginx(
        "server { listen PLAIN; return 301 https://$host$request_uri; }
         server { listen SECURE ssl; gzip on; gzip_min_length 1; gzip_vary on;
           add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\" always;
           add_header Content-Security-Policy \"default-src 'self'\" always;
           add_header X-Content-Type-Options nosniff always; add_header Set-Cookie \"lingua=it; Secure; SameSite=Lax\";
           location /.well-known/ { charset utf-8; } }",
        &[
            ("site/index.html", HOME),
            ("site/robots.txt", b"User-agent: *\nDisallow: /riservato/\n"),
            ("site/.well-known/security.txt", b"Contact: https://comune.test/segnala\nExpires: 2027-06-30T00:00:00Z\n"),
        ],
    );
    let (web, body) = server.visit().await;
    let root = "https://comune.test/".to_owned();
    assert_eq!(hops(&web, true), [(root.clone(), 200, None)]);
    assert_eq!(
        hops(&web, false),
        [("http://comune.test/".to_owned(), 301, Some(root.clone())), (root, 200, None)]
    );
    assert_eq!(body.unwrap(), HOME);
    let page = web.page.known().unwrap();
    assert_eq!(page.title, "Comune di Barzago");
    for (name, value) in [
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("content-security-policy", "default-src 'self'"),
        ("x-content-type-options", "nosniff"),
        ("set-cookie", "lingua=…; Secure; SameSite=Lax"),
        ("content-encoding", "gzip"),
        ("vary", "Accept-Encoding"),
    ] {
        assert_eq!(page.headers[name], [value], "{name}");
    }
    assert_eq!(
        (page.cookies[0].name.as_str(), page.cookies[0].secure, page.cookies[0].session),
        ("lingua", true, false)
    );
    assert_eq!(page.references[0].url, "https://comune.test/a.js");
    assert_eq!(web.compression.known().unwrap().as_deref(), Some("gzip"));
    assert!(web.says_not_found.is_yes() && web.robots_allows.is_yes());
    let contact = web.security_txt.known().unwrap().as_ref().unwrap();
    assert_eq!((contact.contacts.len(), contact.problems.len()), (1, 0));
    assert_eq!(web.cross_origin.known().unwrap(), &CrossOrigin::Closed);
    let hop = &web.secure.known().unwrap().hops[0];
    assert!(hop.certificate.as_ref().unwrap().trusted.is_yes());
}

#[tokio::test(flavor = "multi_thread")]
async fn apache_as_it_often_is() {
    // the same pages on port 80, every address a page, everybody may read, Latin-1, Brotli, a page that leads on after 2 s
    let home = b"<html><head><meta http-equiv=\"refresh\" content=\"2;URL=it/\"><title>Benvenuti</title></head></html>\n";
    let page = b"<html><head><title>Citt\xe0 di Merate</title></head><body><img src=\"http://comune.test/stemma.png\"></body></html>\n";
    let server = apache(
        "FallbackResource /it/index.html\nAddDefaultCharset iso-8859-1\nAddOutputFilterByType BROTLI_COMPRESS text/html\n\
         Header set Access-Control-Allow-Origin \"*\"\nHeader add Set-Cookie \"PHPSESSID=0123456789; path=/\"",
        &[("site/index.html", home), ("site/it/index.html", page)],
    );
    let (web, body) = server.visit().await;
    let [root, it] = ["https://comune.test/", "https://comune.test/it/"].map(str::to_owned);
    assert_eq!(hops(&web, true), [(root, 200, Some(it.clone())), (it, 200, None)]);
    let [root, it] = ["http://comune.test/", "http://comune.test/it/"].map(str::to_owned);
    assert_eq!(hops(&web, false), [(root, 200, Some(it.clone())), (it, 200, None)]);
    assert_eq!(body.unwrap(), page, "brotli is undone");
    let page = web.page.known().unwrap();
    assert_eq!((page.title.as_str(), page.oddities.len()), ("Città di Merate", 0));
    assert_eq!(page.headers["set-cookie"], ["PHPSESSID=…; path=/"]);
    assert_eq!((page.cookies.len(), page.cookies[0].session, page.cookies[0].secure), (1, true, false));
    assert_eq!(page.references[0].url, "http://comune.test/stemma.png");
    assert_eq!(web.compression.known().unwrap().as_deref(), Some("br"));
    assert!(web.says_not_found.is_no() && web.robots_allows.is_yes());
    assert_eq!(web.security_txt.known().unwrap(), &None);
    assert_eq!(web.cross_origin.known().unwrap(), &CrossOrigin::Public);
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_without_https_of_its_own() {
    let server = nginx(
        "server { listen PLAIN; } server { listen SECURE; }",
        &[("site/index.html", b"<title>Solo HTTP</title>")],
    );
    let (web, _) = server.visit().await;
    let end = &web.secure.known().unwrap().end;
    assert_eq!(end, &End::Failed { why: "it answers something that is not TLS".to_owned() });
    assert_eq!(hops(&web, false), [("http://comune.test/".to_owned(), 200, None)]);
    assert_eq!(web.page.known().unwrap().title, "Solo HTTP");
    assert!(web.says_not_found.is_yes());
    assert_eq!(web.compression.known().unwrap(), &None);
}
