//! `tls-disabled`: settings turn off the check of certificates.

use crate::declare_rule;
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{Variable, report_variables};

declare_rule! {
    /// ## What it does
    ///
    /// Reports variables in `env` that turn off the check of certificates: `NODE_TLS_REJECT_UNAUTHORIZED=0`,
    /// `GIT_SSL_NO_VERIFY`, `PYTHONHTTPSVERIFY=0`.
    ///
    /// ## Why it matters
    ///
    /// Anybody on the way can then read the key and answer in place of the model.
    ///
    /// ## What is accepted
    ///
    /// `NODE_EXTRA_CA_CERTS`, which adds a certificate.
    ///
    /// ## How to fix
    ///
    /// Remove the variable; for a proxy of your own add its certificate with `NODE_EXTRA_CA_CERTS`.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"env": {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"env": {"NODE_EXTRA_CA_CERTS": "/etc/ssl/acme.pem"}}
    /// ```
    pub(crate) static TLS_DISABLED = {
        id: "tls-disabled",
        group: Settings,
        summary: "settings turn off the check of certificates",
        severity: Error,
        confidence: High,
        tags: ["CWE-295"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let help = "Remove it; add the certificate with `NODE_EXTRA_CA_CERTS`.";
    report_variables(subject, &TLS_DISABLED, help, explain, findings);
}

fn explain(variable: &Variable<'_>, _: &Subject) -> Option<String> {
    let value = variable.text;
    let off = match variable.name {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" => value == "0",
        "GIT_SSL_NO_VERIFY" => !matches!(value, "" | "0" | "false"),
        _ => false,
    };
    off.then(|| {
        format!(
            "`{}` turns off the check of certificates for everything that Claude starts",
            variable.name
        )
    })
}
