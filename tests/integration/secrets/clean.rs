//! Texts that look like keys and are none.

use super::tokens::{Draw, MIXED, base64};

/// Values that stand for another one, say that they are made up, or are no secret whatever their name.
const VALUES: [&str; 30] = [
    "${{ secrets.DEPLOY_TOKEN_1 }}",
    "${{secrets.DEPLOY_TOKEN_1}}",
    "${{ secrets.DEPLOY_TOKEN || github.token }}",
    "${DEPLOY_TOKEN_1}",
    "$DEPLOY_TOKEN_1",
    "\"$(cat /run/secrets/token1)\"",
    "`vault read token1`",
    "%DEPLOY_TOKEN_1%",
    "{{ deploy_token_1 }}",
    "<your-token-12345678>",
    "your-token-goes-here-123",
    "op://vault/item/field1",
    "process.env.DEPLOY_TOKEN1",
    "os.environ['DEPLOY_TOKEN1']",
    "getToken(abc123456789012)",
    "/run/secrets/deploy_token_1",
    "./keys/token-12345678.pem",
    "https://acme.dev/oauth/token/v2",
    "123e4567-e89b-12d3-a456-426614174000",
    "changeme-1234567890",
    "xxxxxxxxxxxxxxxxxxxxxxx1",
    "aaaaaaaaaaaaaaaaaaaa1111",
    "github-actions-token-v2",
    "claude-code-review-bot-2",
    "REPLACE_ME_WITH_A_TOKEN_1",
    "example-token-9f8e7d6c5b4a3210",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
    "true",
    "null",
    "***",
];

/// Whole lines.
const LINES: [&str; 56] = [
    "permissions:\n  id-token: write",
    "secrets: inherit",
    "max_tokens: 4096000000000000",
    "tokenizer: cl100k_base_2024_0123",
    "key: ${{ runner.os }}-cargo-${{ hashFiles('**/Cargo.lock') }}",
    "uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
    "image: postgres@sha256:4f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a70b3d",
    "\"integrity\": \"sha512-q7Rz2LmXk9TvB4nYw8Ejq7Rz2LmXk9TvB4nYw8Ejq7Rz2LmXk9TvB4nYw8Ejq7Rz2LmXk9TvB4nYw8EjAQ==\"",
    "\"resolved\": \"https://registry.acme.dev/a/-/a-1.0.0.tgz#4f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a7\"",
    "4f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a70b3d  file.tar.gz",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk7Tq2LmZx9RvB4nYw8Ej3HcUaP6sDf1GiKoN5XtQ ci@acme.dev",
    "POSTGRES_PASSWORD: postgres",
    "MYSQL_ROOT_PASSWORD: root",
    "password: password123",
    "DATABASE_URL: postgres://postgres:postgres@localhost:5432/test",
    "DATABASE_URL=postgres://user:password@db:5432/app",
    "redis://:redis@redis:6379/0",
    "git clone https://x-access-token:${{ github.token }}@github.com/a/b",
    "git clone https://x-access-token:${TOKEN}@github.com/a/b",
    "https://user:hunter2zebra@example.com/path",
    "https://acme.dev/path:8080/@scope/package",
    "docker login -u ${{ github.actor }} -p ${{ secrets.TOKEN }} ghcr.io",
    "echo $TOKEN | docker login -u ci --password-stdin ghcr.io",
    "docker run -p 8080:8080 acme/app",
    "mysql -uroot -proot -e 'select 1'",
    "mysql -h 127.0.0.1 -p app",
    "mysqladmin ping -h 127.0.0.1 --silent",
    "curl -u \"$USER:$PASSWORD\" https://acme.dev",
    "curl -u user:password https://acme.dev",
    "curl -sSfL https://acme.dev/install.sh | sh -s -- -b /usr/local/bin v1.2.3",
    "PGPASSWORD=postgres psql -h localhost",
    "PGPASSWORD=$DB_PASSWORD psql -h localhost",
    "Authorization: Bearer ${{ secrets.API_TOKEN }}",
    "Authorization: Bearer $GITHUB_TOKEN",
    "-H \"Authorization: token ${GITHUB_TOKEN}\"",
    "Authorization: Basic authentication is needed",
    "Authorization: Basic $(echo -n a:b | base64)",
    "//registry.acme.dev/:_authToken=${NODE_AUTH_TOKEN}",
    "machine github.com login x-access-token password ${{ github.token }}",
    "machine learning login password reset",
    "const token = await getAccessToken();",
    "if (token === undefined) throw new Error('no token1');",
    "the token must have 36 characters, such as 1234abcd",
    "password_hash: $2b$12$q7Rz2LmXk9TvB4nYw8EjOe",
    "secret_name: production-database-1",
    "apiKeyHelper: ./scripts/key-helper-v2.sh",
    "NEXT_PUBLIC_API_KEY=q7Rz2LmXk9TvB4nYw8Ej",
    "commit: 4f9c1e7a0b3d8265f1a74f9c1e7a0b3d8265f1a7",
    "description: rotate the api-key every 90 days, see docs/keys-2024.md",
    "sk-ant-api03-...",
    "ANTHROPIC_API_KEY=sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "hf_some_name_that_is_an_identifier_only",
    "npm_config_registry=https://registry.acme.dev",
    "sb_publishable_q7Rz2LmXk9TvB4nYw8Ej12_q7Rz2LmX",
    "https://4f9c1e7a0b3d8265f1a74f9c1e7a0b3d@o123.ingest.sentry.io/456",
    "token_url: https://acme.dev/token?version=20240101abcdef",
];

/// Files that only their structure explains.
pub const YAML: [&str; 5] = [
    "jobs:\n  a:\n    services:\n      db:\n        image: postgres:16\n        env:\n          POSTGRES_PASSWORD: postgres\n",
    "jobs:\n  a:\n    container:\n      image: x\n      credentials:\n        username: ci\n        password: ${{ secrets.REGISTRY_PASSWORD }}\n",
    "env:\n  TOKEN:\n    ${{ secrets.DEPLOY_TOKEN_1 }}\n",
    "env:\n  - name: API_TOKEN\n    valueFrom:\n      secretKeyRef:\n        name: tokens-of-team-1\n        key: api\n",
    "with:\n  github-token: ${{ steps.app.outputs.token }}\n  token: >-\n    ${{ secrets.A || secrets.B }}\n",
];

/// All texts: the lines, every value behind names that announce a secret, and random data that is no secret.
pub fn lines() -> Vec<String> {
    let mut lines: Vec<String> = LINES.iter().map(|line| format!("{line}\n")).collect();
    for value in VALUES {
        for (before, after) in [
            ("API_TOKEN=", "\n"),
            ("  client_secret: ", "\n"),
            ("  password: '", "'\n"),
            ("--token ", " run\n"),
        ] {
            lines.push(format!("{before}{value}{after}"));
        }
    }
    for seed in 1..=40 {
        let mut from = Draw::new(seed * 31);
        let hex = from.of(b"0123456789abcdef", 40);
        let mixed = from.of(MIXED, 40);
        lines.push(format!("uses: acme/action@{hex}\n"));
        lines.push(format!("sha256: {hex}{}\n", &hex[..24]));
        lines.push(format!("image: acme/app:{mixed}\n"));
        lines.push(format!("cache-key: {mixed}\n"));
        lines.push(format!(
            "data: {}\n",
            base64(format!("{mixed} is some text in base64").as_bytes())
        ));
        lines.push(format!(
            "x = \"{}\"\n",
            base64(
                &(0..60)
                    .map(|_| u8::try_from(from.below(256)).unwrap())
                    .collect::<Vec<_>>()
            )
        ));
    }
    lines
}
