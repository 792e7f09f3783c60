//! The JSON of a report, as a stranger reads it.

use serde_json::Value;

pub struct Report(Value);

impl Report {
    pub fn read(text: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(text).map(Self)
    }

    /// Connections that the run opened.
    pub fn connections(&self) -> u64 {
        self.0["run"]["connections"].as_u64().unwrap()
    }

    /// What changed since the run before.
    pub fn changes(&self) -> &[Value] {
        self.0["changes"]["changes"].as_array().expect("there was a run before")
    }

    fn body(&self, host: &str) -> &Value {
        let bodies = self.0["bodies"].as_array().unwrap();
        let body = bodies.iter().find(|body| body["facts"]["sites"][0]["host"] == host);
        body.unwrap_or_else(|| panic!("{host} is not in the report"))
    }

    /// The best and the worst grade of a host by a scheme: `A+`, or `A..F` where it is not known.
    pub fn grade(&self, host: &str, scheme: &str) -> String {
        let grades = self.body(host)["grades"].as_array().unwrap();
        let grade = grades.iter().find(|grade| grade["scheme"] == scheme && grade["object"] == host);
        let Some(grade) = grade else { return String::new() };
        let (best, worst) = (grade["best"].as_str().unwrap(), grade["worst"].as_str().unwrap());
        if best == worst { best.to_owned() } else { format!("{best}..{worst}") }
    }

    /// Every reason of a grade, in English.
    pub fn reasons(&self, host: &str, scheme: &str) -> String {
        let grades = self.body(host)["grades"].as_array().unwrap();
        let grade = grades.iter().find(|grade| grade["scheme"] == scheme && grade["object"] == host);
        grade.map_or_else(String::new, |grade| grade["reasons"].to_string())
    }

    /// The rules that found something in a body, with their weights.
    pub fn findings(&self, host: &str) -> Vec<(String, String)> {
        let findings = self.body(host)["findings"].as_array().unwrap().iter();
        let findings = findings.filter(|finding| finding["verdict"] == "fails");
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        findings.map(|finding| (word(&finding["rule"]), word(&finding["weight"]))).collect()
    }

    /// What TLS does at the first address of a host.
    pub fn tls(&self, host: &str) -> &Value {
        &self.body(host)["facts"]["sites"][0]["endpoints"][0]["tls"]
    }
}
