// The operations of GitHub's REST interface that the program calls, and no others.
const REPOSITORY = '/repos/{owner}/{repo}';
const PULL = `${REPOSITORY}/pulls/{pull_number}`;
export const OPERATIONS = {
  '/user': ['get'],
  [REPOSITORY]: ['get'],
  [`${REPOSITORY}/pulls`]: ['get'],
  [PULL]: ['get'],
  [`${PULL}/files`]: ['get'],
  [`${PULL}/reviews`]: ['get', 'post'],
  [`${PULL}/reviews/{review_id}`]: ['get', 'put', 'delete'],
  [`${PULL}/reviews/{review_id}/events`]: ['post'],
  [`${PULL}/reviews/{review_id}/dismissals`]: ['put'],
  [`${PULL}/comments`]: ['get', 'post'],
  [`${REPOSITORY}/pulls/comments/{comment_id}`]: ['get', 'patch', 'delete'],
  [`${REPOSITORY}/issues/{issue_number}/comments`]: ['get', 'post'],
  [`${REPOSITORY}/issues/comments/{comment_id}`]: ['get', 'patch', 'delete'],
  [`${REPOSITORY}/contents/{path}`]: ['get'],
  [`${REPOSITORY}/git/trees/{tree_sha}`]: ['get'],
  [`${REPOSITORY}/git/blobs/{file_sha}`]: ['get'],
  [`${REPOSITORY}/git/commits/{commit_sha}`]: ['get'],
  [`${REPOSITORY}/commits/{ref}`]: ['get'],
  [`${REPOSITORY}/code-scanning/sarifs`]: ['post'],
  [`${REPOSITORY}/code-scanning/sarifs/{sarif_id}`]: ['get'],
};
