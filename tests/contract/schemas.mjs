// Makes the two committed oracles from GitHub's published descriptions:
//   schemas.json.gz    one JSON Schema per operation that we call (requests hardened)
//   github.graphql.gz  the GraphQL schema, whole, without its descriptions
// Also writes openapi.json (not committed), the cut description that Prism reads.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { OPERATIONS } from './operations.mjs';

const description = JSON.parse(
  readFileSync(new URL('node_modules/@octokit/openapi/generated/api.github.com.json', import.meta.url)));
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
const clone = (value) => JSON.parse(JSON.stringify(value));
const at = (reference) => reference.slice(2).split('/')
  .reduce((node, key) => node[key.replace(/~1/g, '/').replace(/~0/g, '~')], description);
const resolved = (node) => (node?.$ref ? at(node.$ref) : node);

// Visits every object of a tree, parents first.
function visit(node, act) {
  if (!node || typeof node !== 'object') return;
  if (!Array.isArray(node)) act(node);
  for (const child of Object.values(node)) visit(child, act);
}

// Requests: a misspelt key must not pass, so objects are closed unless GitHub opens them.
function harden(schema) {
  visit(schema, (node) => {
    if (node.type === 'object' && node.properties && node.additionalProperties === undefined) {
      node.additionalProperties = false;
    }
  });
}

// What GitHub demands but its description leaves out.
const RULES = {
  'pulls/create-review': (body) => {
    body.required = ['commit_id', 'event'];
    body.properties.body.maxLength = 65536;
    const comment = body.properties.comments.items;
    comment.required = ['path', 'line', 'side', 'body'];
    comment.properties.line.minimum = 1;
    comment.properties.side.enum = ['LEFT', 'RIGHT'];
    comment.properties.body.maxLength = 65536;
    delete comment.properties.position;
  },
};

// OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, examples and prose go.
const PROSE = ['example', 'examples', 'description', 'x-github', 'deprecated', 'externalDocs',
  'discriminator', 'xml', 'readOnly', 'writeOnly', 'x-multi-segment', 'x-githubCloudOnly', 'title', 'default'];
function convert(node, named = false) {
  if (Array.isArray(node)) return node.map((child) => convert(child));
  if (!node || typeof node !== 'object') return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (!named && (PROSE.includes(key) || key === 'nullable')) continue;
    if (key === '$ref' && !named) out.$ref = value.replace('#/components/schemas/', '#/$defs/');
    else if (key === 'enum' && !named) out.enum = value;
    else out[key] = convert(value, key === 'properties' && !named);
  }
  if (named || node.nullable !== true) return out;
  if (typeof out.type !== 'string') return { anyOf: [out, { type: 'null' }] };
  out.type = [out.type, 'null'];
  if (out.enum && !out.enum.includes(null)) out.enum = [...out.enum, null];
  return out;
}

const kept = { openapi: description.openapi, info: description.info, servers: description.servers, paths: {}, components: {} };
const operations = [];
for (const [path, methods] of Object.entries(OPERATIONS)) {
  kept.paths[path] = {};
  for (const method of methods) {
    const operation = description.paths[path]?.[method];
    if (!operation) throw new Error(`GitHub's description has no ${method} ${path}`);
    kept.paths[path][method] = operation;
    const body = clone(resolved(operation.requestBody)?.content?.['application/json']?.schema ?? null);
    if (body) {
      harden(body);
      RULES[operation.operationId]?.(body);
    }
    const parameters = [...(description.paths[path].parameters ?? []), ...(operation.parameters ?? [])]
      .map(resolved).filter((p) => p.in === 'query').map((p) => p.name);
    const responses = {};
    for (const [status, response] of Object.entries(operation.responses)) {
      const content = resolved(response).content;
      const json = content?.['application/json'] ?? content?.['application/scim+json'];
      responses[status] = json ? convert(json.schema) : null;
    }
    operations.push({
      id: operation.operationId, method: method.toUpperCase(), path, query: parameters,
      body: body && convert(body), responses,
    });
  }
}

// Follow every reference so that the cut stands alone.
const seen = new Set();
function follow(tree) {
  visit(tree, (node) => {
    const reference = node.$ref;
    if (typeof reference !== 'string' || seen.has(reference)) return;
    seen.add(reference);
    const keys = reference.slice(2).split('/');
    let place = kept;
    for (const key of keys.slice(0, -1)) place = place[key] ??= {};
    place[keys.at(-1)] = at(reference);
    follow(at(reference));
  });
}
follow(kept.paths);

const definitions = Object.fromEntries(
  Object.entries(kept.components.schemas ?? {}).map(([name, schema]) => [name, convert(schema)]));
// GitHub answers null for the place of an outdated comment and of a comment on a file.
for (const place of ['line', 'position', 'original_line', 'original_position']) {
  definitions['pull-request-review-comment'].properties[place].type = ['integer', 'null'];
}
const schemas = { source: `@octokit/openapi ${versionOf('@octokit/openapi')}`, operations, $defs: definitions };
const pack = (text) => gzipSync(text, { level: 9 });
writeFileSync(new URL('schemas.json.gz', import.meta.url), pack(JSON.stringify(schemas)));
writeFileSync(new URL('openapi.json', import.meta.url), JSON.stringify(kept));

const sdl = readFileSync(new URL('node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url), 'utf8')
  .replace(/"""[\s\S]*?"""/g, '').replace(/^\s*\n/gm, '');
const header = `# @octokit/graphql-schema ${versionOf('@octokit/graphql-schema')}\n`;
writeFileSync(new URL('github.graphql.gz', import.meta.url), pack(header + sdl));
console.error(`${operations.length} operations, ${Object.keys(definitions).length} definitions`);
