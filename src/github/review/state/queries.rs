//! The documents of the GraphQL API. `fullDatabaseId` and not `databaseId`: ids of comments no longer fit 32 bits.

/// The parts of threads and comments that both documents ask for.
macro_rules! fragments {
    () => {
        r"
fragment ThreadParts on PullRequestReviewThread {
  id
  isResolved
  isOutdated
  path
  line
  originalLine
  subjectType
  viewerCanResolve
  viewerCanUnresolve
  resolvedBy { id login }
  first: comments(first: 1) {
    nodes { fullDatabaseId body viewerDidAuthor outdated }
  }
  all: comments(last: 50) {
    totalCount
    nodes { viewerDidAuthor }
  }
}

fragment CommentParts on IssueComment {
  fullDatabaseId
  body
  viewerDidAuthor
}
"
    };
}

/// Everything that a run needs to know before it writes: variables `owner`, `name`, `number`.
pub const QUERY: &str = concat!(
    r"query PullRequestState($owner: String!, $name: String!, $number: Int!) {
  viewer { id login }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      number
      state
      isDraft
      locked
      headRefOid
      baseRefOid
      mergeable
      reviewThreads(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes { ...ThreadParts }
      }
      comments(last: 100) {
        pageInfo { hasPreviousPage startCursor }
        nodes { ...CommentParts }
      }
      reviews(last: 20, states: [PENDING]) {
        nodes { fullDatabaseId body viewerDidAuthor comments { totalCount } }
      }
    }
  }
}
",
    fragments!()
);

/// Further pages: variables `owner`, `name`, `number`, and for each of the two lists whether it is wanted
/// (`wantThreads`, `wantComments`) and from where on (`threadsAfter`, `commentsBefore`).
pub const MORE_QUERY: &str = concat!(
    r"query MorePages(
  $owner: String!
  $name: String!
  $number: Int!
  $wantThreads: Boolean!
  $threadsAfter: String
  $wantComments: Boolean!
  $commentsBefore: String
) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $threadsAfter) @include(if: $wantThreads) {
        pageInfo { hasNextPage endCursor }
        nodes { ...ThreadParts }
      }
      comments(last: 100, before: $commentsBefore) @include(if: $wantComments) {
        pageInfo { hasPreviousPage startCursor }
        nodes { ...CommentParts }
      }
    }
  }
}
",
    fragments!()
);
