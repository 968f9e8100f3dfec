//! `telemetry-redirect`: settings send telemetry elsewhere, or put content into it.

use crate::declare_rule;
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{Variable, host_of, report_variables, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports exporters of OpenTelemetry in `env` that send to a host that the policy does not trust, and switches
    /// that put prompts, tool input or request bodies into telemetry.
    ///
    /// ## Why it matters
    ///
    /// Telemetry with content holds source code and everything that Claude has read.
    ///
    /// ## What is accepted
    ///
    /// Hosts under `trusted.hosts` of the policy, and this machine.
    ///
    /// ## How to fix
    ///
    /// Remove the variable, or list the collector under `trusted.hosts`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://collect.example.net"}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317"}}
    /// ```
    pub(crate) static TELEMETRY_REDIRECT = {
        id: "telemetry-redirect",
        group: Settings,
        summary: "settings send telemetry elsewhere, or put content into it",
        severity: Error,
        confidence: High,
        tags: ["ASI03", "CWE-532"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let help = "Remove it, or list the collector under `trusted.hosts` of the policy.";
    report_variables(subject, &TELEMETRY_REDIRECT, help, explain, findings);
}

fn explain(variable: &Variable<'_>, subject: &Subject) -> Option<String> {
    let name = variable.name;
    if name.starts_with("OTEL_EXPORTER_OTLP") && name.ends_with("ENDPOINT") {
        let host = host_of(variable.text)?;
        return (!subject.guard.trusts(&host))
            .then(|| format!("`{name}` sends telemetry to {}", shown(&host)));
    }
    let content = matches!(
        name,
        "OTEL_LOG_USER_PROMPTS"
            | "OTEL_LOG_TOOL_DETAILS"
            | "OTEL_LOG_TOOL_CONTENT"
            | "OTEL_LOG_RAW_API_BODIES"
    );
    let on = !matches!(variable.text, "" | "0" | "false" | "no" | "off");
    (content && on).then(|| format!("`{name}` puts what people and tools write into telemetry"))
}
