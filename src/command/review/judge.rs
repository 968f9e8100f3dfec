//! One commit judged: its files, the policy, the base, the verdict.

use crate::check::{Engine, Outcome, Report, Request, Selection};
use crate::github::client::Client;
use crate::github::delivery::{self, Commits, Seeds, State, Subject};
use crate::github::snapshot::ApiSnapshot;
use crate::policy::{BaseKind, Notice, Policy};
use crate::snapshot::GitSnapshot;

use super::super::Failure;
use super::inputs::Inputs;
use super::sources::{self, Checkout, Tree, unreached};
use super::workload::{Base, Case, Files};

/// A commit with its verdict.
pub(super) struct Judged {
    /// The report; the verdict in it is fixed.
    pub(super) report: Report,
    /// Inputs that were ignored.
    pub(super) notices: Vec<Notice>,
    /// What stood on the pull request, where it was asked along with the files.
    pub(super) state: Option<State>,
}

/// Everything that a verdict is made of.
struct Bench<'a> {
    case: &'a Case,
    inputs: &'a Inputs,
    client: Option<&'a Client>,
    head: Tree,
    seeds: Seeds,
}

/// Judges a commit.
pub(super) async fn judge(
    case: &Case,
    inputs: &Inputs,
    client: Option<&Client>,
    checkout: &Checkout<'_>,
) -> Result<Judged, Failure> {
    let at_hand = match case.files {
        Files::CheckoutOrApi => checkout.commit(case.head),
        Files::Api => None,
    };
    let mut state = None;
    let mut seeds = Seeds::default();
    let head = match (at_hand, client) {
        (Some(snapshot), _) => Tree::Git(Box::new(snapshot)),
        (None, Some(client)) => {
            if let (Some(number), Base::Commit(base)) = (case.conversation, case.base) {
                let subject = Subject {
                    repository: &case.repository,
                    number,
                };
                let commits = Commits {
                    head: case.head,
                    base,
                };
                let (known, files) = delivery::state_with_files(client, subject, commits)
                    .await
                    .map_err(unreached)?;
                (state, seeds) = (Some(known), files);
            }
            let listed = sources::list(client, &case.repository, case.head, &seeds.head).await?;
            Tree::Api(Box::new(listed))
        }
        (None, None) => {
            return Err(Failure::Usage(format!(
                "the commit {} is not in a checkout, and there is no token to read it through the API: set \
                 `fetch-depth: 2` on actions/checkout, or give the input `github-token`",
                case.head
            )));
        }
    };
    let bench = Bench {
        case,
        inputs,
        client,
        head,
        seeds,
    };
    let (report, notices) = match case.base {
        Base::Commit(_) => bench.proposal(checkout).await?,
        Base::Itself(before) => {
            let before = before.and_then(|before| checkout.commit(before));
            bench.standing(before).await?
        }
    };
    Ok(Judged {
        report,
        notices,
        state,
    })
}

impl Bench<'_> {
    /// A commit that is on its branch already: its own policy counts.
    async fn standing(
        mut self,
        before: Option<GitSnapshot>,
    ) -> Result<(Report, Vec<Notice>), Failure> {
        let policy = sources::policy_of(&mut self.head, self.case.head, self.client).await?;
        let (policy, notices) = policy.tightened_by(&self.inputs.overrides, BaseKind::None);
        let mut base = before.map(|before| Tree::Git(Box::new(before)));
        let report = self.run(&policy, base.as_mut()).await?;
        Ok((report, notices))
    }

    /// A commit that somebody proposes: the policy of the base counts, and what the base has already is not new.
    async fn proposal(mut self, checkout: &Checkout<'_>) -> Result<(Report, Vec<Notice>), Failure> {
        let Base::Commit(commit) = self.case.base else {
            return self.standing(None).await;
        };
        let at_hand = match self.case.files {
            Files::CheckoutOrApi => checkout
                .base_of_merge(self.case.head)
                .or_else(|| checkout.commit(commit)),
            Files::Api => None,
        };
        if let Some(base) = at_hand {
            let commit = base.commit().map_or(commit, crate::github::CommitId);
            let mut base = Tree::Git(Box::new(base));
            let policy = sources::policy_of(&mut base, commit, self.client).await?;
            let (policy, notices) = policy.tightened_by(&self.inputs.overrides, BaseKind::Commit);
            let report = self.run(&policy, Some(&mut base)).await?;
            return Ok((report, notices));
        }
        let Some(client) = self.client else {
            return Err(Failure::Usage(
                "the base commit, whose policy decides, is not in the checkout, and there is no token to read it \
                 through the API: set `fetch-depth: 2` on actions/checkout, or give the input `github-token`"
                    .into(),
            ));
        };
        let repository = &self.case.repository;
        // The policy alone costs no request where the first answer brought it; the whole base is asked for when there
        // is a finding to compare.
        let mut base = match ApiSnapshot::of_seed(repository, commit, &self.seeds.base) {
            Some(part) => Tree::Api(Box::new(part)),
            None => Tree::Api(Box::new(
                sources::list(client, repository, commit, &self.seeds.base).await?,
            )),
        };
        let policy = sources::policy_of(&mut base, commit, self.client).await?;
        let (policy, notices) = policy.tightened_by(&self.inputs.overrides, BaseKind::Commit);
        let report = self.run(&policy, None).await?;
        if report.findings.is_empty() && report.suppressed.is_empty() {
            return Ok((report, notices));
        }
        let whole =
            sources::base_beside(client, repository, commit, &self.head, &self.seeds.base).await?;
        let mut whole = Tree::Api(Box::new(whole));
        let report = self.run(&policy, Some(&mut whole)).await?;
        Ok((report, notices))
    }

    async fn run(
        &mut self,
        policy: &Policy,
        mut base: Option<&mut Tree>,
    ) -> Result<Report, Failure> {
        let mut engine = Engine::new();
        loop {
            let outcome = engine.check(&Request {
                snapshot: self.head.snapshot(),
                selection: &Selection::Everything,
                base: base.as_deref().map(Tree::snapshot),
                policy,
                today: self.inputs.today,
            });
            match outcome {
                Outcome::Done(report) => return Ok(*report),
                Outcome::Need(paths) => {
                    self.head.load(self.client, &paths).await?;
                    if let Some(base) = base.as_deref_mut() {
                        base.load(self.client, &paths).await?;
                    }
                }
            }
        }
    }
}
