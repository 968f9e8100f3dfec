//! What the workflow asks for: options of the command line, else inputs of the action.
//!
//! The runner hands an input over as `INPUT_` and its name in capitals, hyphens kept; an input that is not set is an
//! empty text (`facts/github-delivery.md` §2).

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use jiff::civil::Date;

use crate::finding::FailOn;
use crate::policy::Overrides;
use crate::rule::Profile;

use super::super::{Failure, check};

/// Arguments of `review`. Each is also an input of the action, with the same name.
#[derive(Args, Default)]
pub struct Arguments {
    /// Folder of the checkout; without a repository in it, the files are read through GitHub's API
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// From which severity on findings fail the check: error, warning, note or never
    #[arg(long, value_name = "SEVERITY", value_parser = check::fail_on)]
    fail_on: Option<FailOn>,
    /// How strict to be: individual, team or enterprise
    #[arg(long, value_name = "PROFILE", value_parser = check::profile)]
    profile: Option<Profile>,
    /// Whether to comment on the pull request: auto (where the token may) or off
    #[arg(long, value_name = "WHEN")]
    comments: Option<Comments>,
    /// What becomes of the SARIF report: off, file or upload (to code scanning)
    #[arg(long, value_name = "WHAT")]
    sarif: Option<Sarif>,
    /// Where the SARIF report is written
    #[arg(long, value_name = "FILE")]
    sarif_file: Option<PathBuf>,
    /// Where a JSON report is written
    #[arg(long, value_name = "FILE")]
    report_file: Option<PathBuf>,
    /// End with exit code 4 where the verdict is pass and the comments could not be delivered
    #[arg(long)]
    require_delivery: bool,
    /// The day by which exemptions are judged
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

/// Whether comments are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Comments {
    /// Where the event and the token allow it.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// What becomes of the SARIF report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Sarif {
    /// It is not made.
    #[default]
    Off,
    /// It is written to a file.
    File,
    /// It is written to a file and sent to code scanning.
    Upload,
}

/// Whether a review that could not be delivered is an error of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Delivery {
    /// The verdict stands alone.
    Welcome,
    /// Exit code 4.
    Required,
}

/// What this run is asked for.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) path: PathBuf,
    pub(super) overrides: Overrides,
    pub(super) comments: Comments,
    pub(super) sarif: Sarif,
    pub(super) sarif_file: PathBuf,
    pub(super) report_file: Option<PathBuf>,
    pub(super) delivery: Delivery,
    pub(super) today: Date,
}

impl FromStr for Comments {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            _ => Err("it is one of auto and off".into()),
        }
    }
}

impl FromStr for Sarif {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "file" => Ok(Self::File),
            "upload" => Ok(Self::Upload),
            _ => Err("it is one of off, file and upload".into()),
        }
    }
}

impl Inputs {
    /// Joins arguments and inputs; an argument wins.
    pub(super) fn of(
        arguments: &Arguments,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let required = match input(environment, "require-delivery", truth)? {
            Some(required) => required || arguments.require_delivery,
            None => arguments.require_delivery,
        };
        let path = |name| input(environment, name, |text| Ok(PathBuf::from(text)));
        Ok(Self {
            path: first(&arguments.path, || path("path"))?.unwrap_or_else(|| ".".into()),
            overrides: Overrides {
                profile: first(&arguments.profile, || {
                    input(environment, "profile", check::profile)
                })?,
                fail_on: first(&arguments.fail_on, || {
                    input(environment, "fail-on", check::fail_on)
                })?,
            },
            comments: first(&arguments.comments, || {
                input(environment, "comments", Comments::from_str)
            })?
            .unwrap_or_default(),
            sarif: first(&arguments.sarif, || {
                input(environment, "sarif", Sarif::from_str)
            })?
            .unwrap_or_default(),
            sarif_file: first(&arguments.sarif_file, || path("sarif-file"))?
                .unwrap_or_else(|| "portcullis.sarif".into()),
            report_file: first(&arguments.report_file, || path("report-file"))?,
            delivery: if required {
                Delivery::Required
            } else {
                Delivery::Welcome
            },
            today: arguments.today.unwrap_or_else(super::super::today),
        })
    }
}

fn first<T: Clone>(
    argument: &Option<T>,
    input: impl FnOnce() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    match argument {
        Some(value) => Ok(Some(value.clone())),
        None => input(),
    }
}

/// One input of the action.
fn input<T>(
    environment: &dyn Fn(&str) -> Option<String>,
    name: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, Failure> {
    let variable = format!("INPUT_{}", name.to_ascii_uppercase());
    let Some(text) = environment(&variable) else {
        return Ok(None);
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    read(text)
        .map(Some)
        .map_err(|why| Failure::Usage(format!("input `{name}`: `{text}` is not known; {why}")))
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "True" | "TRUE" => Ok(true),
        "false" | "False" | "FALSE" => Ok(false),
        _ => Err("it is one of true and false".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    fn arguments() -> Arguments {
        Arguments {
            path: None,
            fail_on: None,
            profile: None,
            comments: None,
            sarif: None,
            sarif_file: None,
            report_file: None,
            require_delivery: false,
            today: None,
        }
    }

    fn inputs(arguments: &Arguments, set: &[(&str, &str)]) -> Result<Inputs, Failure> {
        Inputs::of(arguments, &|name| {
            let found = set.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_input_keeps_its_hyphen_and_an_empty_one_is_not_set() {
        let set = [("INPUT_FAIL-ON", "warning"), ("INPUT_SARIF", "")];
        let inputs = inputs(&arguments(), &set).unwrap();
        let warning = FailOn::At(Severity::Warning);
        assert_eq!(inputs.overrides.fail_on, Some(warning));
        assert_eq!(inputs.sarif, Sarif::Off);
        assert_eq!(inputs.delivery, Delivery::Welcome);
    }

    #[test]
    fn an_argument_wins_over_an_input() {
        let mut arguments = arguments();
        arguments.sarif = Some(Sarif::File);
        let inputs = inputs(&arguments, &[("INPUT_SARIF", "upload")]).unwrap();
        assert_eq!(inputs.sarif, Sarif::File);
    }

    #[test]
    fn an_input_that_is_not_known_is_named_with_what_it_may_be() {
        let error = inputs(&arguments(), &[("INPUT_COMMENTS", "yes")]).unwrap_err();
        let text = error.to_string();
        assert_eq!(
            text,
            "input `comments`: `yes` is not known; it is one of auto and off"
        );
    }

    #[test]
    fn delivery_is_required_by_the_word_true_only() {
        let set = [("INPUT_REQUIRE-DELIVERY", "true")];
        let required = inputs(&arguments(), &set).unwrap().delivery;
        assert_eq!(required, Delivery::Required);
        assert!(inputs(&arguments(), &[("INPUT_REQUIRE-DELIVERY", "1")]).is_err());
    }
}
