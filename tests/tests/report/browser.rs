//! A real Chromium, driven through chromedriver by the `WebDriver` protocol (W3C) and the browser's own one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser with one window. It ends with the value.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    pub fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing; tests/machine/packages tests installs it");
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let mut browser =
            Self { driver, port: port.expect("chromedriver says its port"), session: String::new() };
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
        let started = browser.ask(
            "POST",
            "/session",
            &json!({"capabilities": {"alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": {"args": arguments},
                "goog:loggingPrefs": {"browser": "ALL"},
            }}}),
        );
        started["sessionId"].as_str().expect("a session").clone_into(&mut browser.session);
        browser
    }

    /// Opens a file.
    pub fn open(&self, file: &std::path::Path) {
        self.command("url", &json!({"url": format!("file://{}", file.display())}));
    }

    /// Runs a function's body in the page; what it returns.
    pub fn script(&self, body: &str) -> Value {
        self.command("execute/sync", &json!({"script": body, "args": []}))
    }

    /// Runs a function's body that calls its last argument with what it found.
    pub fn script_later(&self, body: &str) -> Value {
        self.command("execute/async", &json!({"script": body, "args": []}))
    }

    /// The window's width and the reader's wishes: `light` or `dark`, `screen` or `print`.
    pub fn look(&self, width: u32, scheme: &str, media: &str) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.browser("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.browser("Emulation.setEmulatedMedia", &scheme);
    }

    /// What the browser complained of since it was last asked.
    pub fn complaints(&self) -> Vec<Value> {
        self.command("se/log", &json!({"type": "browser"})).as_array().cloned().unwrap_or_default()
    }

    /// One call of the browser's own protocol.
    pub fn browser(&self, command: &str, parameters: &Value) -> Value {
        self.command("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    #[track_caller]
    fn command(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}/{path}", self.session), body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut curl = Command::new("curl")
            .args(["--disable", "--silent", "--show-error", "--max-time", "60", "--noproxy", "*"])
            .args(["--request", method, "--header", "Content-Type: application/json", "--data-binary", "@-"])
            .arg(format!("http://127.0.0.1:{}{path}", self.port))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("curl is missing; tests/machine/packages installs it");
        curl.stdin.take().unwrap().write_all(body.to_string().as_bytes()).unwrap();
        let output = curl.wait_with_output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer:#}");
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &format!("/session/{}", self.session), &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
