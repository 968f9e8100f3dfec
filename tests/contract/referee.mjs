// A second judge of the requests that the tests make: Prism, on GitHub's own description.
//
//   mkdir calls
//   PORTCULLIS_RECORD=$PWD/calls cargo test --test integration delivery
//   (cd tests/contract && npm ci --ignore-scripts && npm run schemas && npm run referee -- ../../calls)
//
// The tests judge every request by schemas that are cut from the same description; this shows that the cut and the
// judge are right. GraphQL is not part of the description.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [folder] = process.argv.slice(2);
if (!folder || !existsSync('openapi.json')) {
  console.error('usage: npm run referee -- FOLDER (of recorded calls; run `npm run schemas` first)');
  process.exit(2);
}

const port = 4817;
const prism = spawn(
  process.execPath,
  ['node_modules/.bin/prism', 'mock', 'openapi.json', '-p', String(port), '-h', '127.0.0.1', '--errors'],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const address = `http://127.0.0.1:${port}`;

async function isUp() {
  for (let tries = 0; tries < 120; tries += 1) {
    try {
      await fetch(address);
      return true;
    } catch {
      await pause(500);
    }
  }
  return false;
}

// The same request twice says nothing new.
const calls = new Map();
for (const name of readdirSync(folder)) {
  for (const call of JSON.parse(readFileSync(join(folder, name), 'utf8'))) {
    calls.set(JSON.stringify(call), call);
  }
}

// Prism tells in a header, or, where the description has no answer for a mistake, in a body of its own. It makes up its
// answers from GitHub's examples, some of which break GitHub's schemas: no fault of the request.
function mistakesOf(answer, text) {
  const header = JSON.parse(answer.headers.get('sl-violations') ?? '[]');
  const own = text.includes('stoplight.io/prism/errors') ? JSON.parse(text) : null;
  const mistakes = [...header, ...(own?.validation ?? [])];
  if (own && mistakes.length === 0) return [own.type];
  return mistakes.filter(({ location }) => location?.[0] !== 'response');
}

let wrong = 0;
let judged = 0;
if (!(await isUp())) {
  console.error('Prism does not answer');
  wrong = 1;
} else {
  for (const { method, path, body } of calls.values()) {
    const answer = await fetch(address + path, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body || undefined,
    });
    const text = await answer.text();
    judged += 1;
    const mistakes = mistakesOf(answer, text);
    if (mistakes.length > 0) {
      wrong += 1;
      console.error(`${method} ${path}: ${JSON.stringify(mistakes)}`);
    }
  }
  console.log(`${judged} requests judged, ${wrong} against GitHub's description`);
}
prism.kill();
process.exit(wrong === 0 && judged > 0 ? 0 : 1);
