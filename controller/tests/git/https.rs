//! By https through a real nginx and git's own http-backend: the password stays in its file.

use std::path::Path;
use std::process::Command;

use crate::fleet::{PLAIN, Place, read, show};
use crate::servers::{Server, free_port, listens};

const PASSWORD: &str = "s3cret x y";

fn start_fcgiwrap(place: &Place) -> Server {
    let socket = place.path("cgi.sock");
    let mut command = Command::new("/usr/sbin/fcgiwrap");
    command.arg("-s").arg(format!("unix:{}", socket.display()));
    let mut server = Server::start(&mut command, "fcgiwrap");
    server.wait_for(|| socket.exists());
    server
}

fn make_certificate(place: &Place) {
    let names = vec!["127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    std::fs::write(place.path("tls.pem"), made.cert.pem()).unwrap();
    std::fs::write(place.path("tls.key"), made.signing_key.serialize_pem()).unwrap();
}

fn backend() -> String {
    let output = Command::new("git").arg("--exec-path").output();
    let folder = output.expect("this test needs the program git: install Debian's package git");
    format!("{}/git-http-backend", String::from_utf8(folder.stdout).unwrap().trim())
}

fn start_nginx(place: &Place, root: &Path, port: u16) -> Server {
    make_certificate(place);
    std::fs::write(place.path("users"), format!("me:{{PLAIN}}{PASSWORD}\n")).unwrap();
    std::fs::create_dir(place.path("nginx")).unwrap();
    let configuration = format!(
        r#"
        daemon off; user root; pid nginx/pid; error_log nginx/error.log;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path nginx/body; proxy_temp_path nginx/proxy; fastcgi_temp_path nginx/fastcgi;
            uwsgi_temp_path nginx/uwsgi; scgi_temp_path nginx/scgi;
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate tls.pem; ssl_certificate_key tls.key;
                location /moved/ {{ return 301 https://127.0.0.1:{port}/origin/.git/info/refs?service=git-upload-pack; }}
                location / {{
                    auth_basic fleet; auth_basic_user_file users;
                    fastcgi_pass unix:{socket};
                    fastcgi_param SCRIPT_FILENAME {backend};
                    fastcgi_param GIT_PROJECT_ROOT {root};
                    fastcgi_param GIT_HTTP_EXPORT_ALL "";
                    fastcgi_param PATH_INFO $uri;
                    fastcgi_param QUERY_STRING $query_string;
                    fastcgi_param REQUEST_METHOD $request_method;
                    fastcgi_param CONTENT_TYPE $content_type;
                    fastcgi_param CONTENT_LENGTH $content_length;
                    fastcgi_param REMOTE_USER $remote_user;
                }}
            }}
        }}"#,
        socket = place.path("cgi.sock").display(),
        backend = backend(),
        root = root.display(),
    );
    std::fs::write(place.path("nginx.conf"), configuration).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(place.path("")).arg("-e").arg(place.path("nginx/error.log"));
    command.arg("-c").arg(place.path("nginx.conf"));
    let mut server = Server::start(&mut command, "nginx-light");
    server.wait_for(|| listens(port));
    server
}

#[tokio::test]
async fn a_fleet_by_https() {
    let place = Place::new();
    let origin = place.fleet();
    let port = free_port();
    let _cgi = start_fcgiwrap(&place);
    let _nginx = start_nginx(&place, origin.path.parent().unwrap(), port);
    let source = format!("https://127.0.0.1:{port}/origin/.git#main");
    let credential = |line: &str| std::fs::write(place.path("credential"), line).unwrap();
    let mut fetcher = place.fetcher();

    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(error.contains("server certificate verification failed"), "{error}");

    fetcher.credentials.ca = Some(place.path("tls.pem"));
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(error.contains("could not read Username"), "{error}");

    fetcher.credentials.https_file = Some(place.path("credential"));
    credential("me:wr0ngpassw0rd\n");
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(error.contains("Authentication failed"), "{error}");
    assert!(!error.contains("wr0ngpassw0rd"), "{error}");

    credential(&format!("me:{PASSWORD}"));
    assert_eq!(show(&read(&fetcher, &source).await.unwrap()), PLAIN);
    credential("wr0ngt0ken");
    let error = read(&fetcher, &source).await.unwrap_err().to_string();
    assert!(!error.contains("wr0ngt0ken"), "{error}");

    credential(&format!("me:{PASSWORD}"));
    let moved = format!("https://127.0.0.1:{port}/moved/x#main");
    let error = read(&fetcher, &moved).await.unwrap_err().to_string();
    assert!(error.contains("301"), "{error}");
    let missing = format!("https://127.0.0.1:{port}/other#main");
    let error = read(&fetcher, &missing).await.unwrap_err().to_string();
    assert!(error.contains("not found"), "{error}");
}
