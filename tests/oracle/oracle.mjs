// Prints what GitHub's own workflow parser makes of files: one JSON object a line, in the shape of
// `examples/workflow_model.rs`. Run by run.sh, which installs the parser next to this file's copy.
import fs from "node:fs";
import { FeatureFlags } from "@actions/expressions/features";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";
import { ErrorPolicy } from "@actions/workflow-parser/model/convert";
import { TemplateContext, TemplateValidationErrors } from "@actions/workflow-parser/templates/template-context";
import { getWorkflowSchema } from "@actions/workflow-parser/workflows/workflow-schema";

const SEQUENCE = 1;
const MAPPING = 2;
const EXPRESSION = 3;
const PLAIN_STEP_KEYS = new Set([
  "id", "name", "if", "uses", "run", "timeout-minutes", "background", "wait-all", "cancel", "shell",
  "continue-on-error",
]);
// Background steps and the case function are generally available; the package still hides them behind flags.
const featureFlags = new FeatureFlags({ all: true });

const entries = (token) =>
  token?.templateTokenType === MAPPING
    ? Array.from({ length: token.count }, (_, index) => token.get(index)).map(({ key, value }) => ({
        name: String(key.value ?? key.toString()),
        key,
        value,
      }))
    : [];
const items = (token) =>
  token?.templateTokenType === SEQUENCE ? Array.from({ length: token.count }, (_, index) => token.get(index)) : [];
const find = (token, name) => entries(token).find((entry) => entry.name === name)?.value;
const line = (token) => token.range?.start?.line;

function scalar(token) {
  if (token === undefined) return null;
  if (token.templateTokenType === EXPRESSION) {
    const parts = token.originalExpressions?.length ? token.originalExpressions : [token];
    return { expressions: parts.map((part) => part.expression.trim()) };
  }
  return token.value === undefined ? null : token.value;
}

const map = (token) =>
  token.templateTokenType === MAPPING
    ? Object.fromEntries(entries(token).map(({ name, value }) => [name, scalar(value)]))
    : scalar(token);

const SCOPES = getWorkflowSchema().definitions["permissions-mapping"].properties;

function permissions(token) {
  if (token === undefined) return "repo-default";
  if (token.templateTokenType === MAPPING)
    return Object.fromEntries(
      entries(token)
        .map(({ name, value }) => [name, String(scalar(value))])
        .filter(([, level]) => level !== "none"),
    );
  const word = scalar(token);
  const granted = Object.entries(SCOPES).map(([name, { type }]) => {
    if (word === "read-all") return [name, type.includes("write-or-no") ? "none" : "read"];
    return [name, type.includes("read-or-no") ? "read" : "write"];
  });
  return Object.fromEntries(granted.filter(([, level]) => level !== "none"));
}

function step(token) {
  const out = { line: line(token) };
  for (const { name, value } of entries(token)) {
    if (PLAIN_STEP_KEYS.has(name)) out[name] = scalar(value);
    else if (name === "with" || name === "env") out[name] = map(value);
    else if (name === "parallel") out.parallel = items(value).map(step);
  }
  return out;
}

function job({ name, key, value }, workflowPermissions) {
  const own = find(value, "permissions");
  return {
    id: name,
    line: line(key),
    uses: scalar(find(value, "uses")),
    timeout: scalar(find(value, "timeout-minutes")),
    source: own ? "job" : workflowPermissions ? "workflow" : "repo-default",
    permissions: permissions(own ?? workflowPermissions),
    inherit: scalar(find(value, "secrets")) === "inherit",
    steps: items(find(value, "steps")).map(step),
  };
}

async function describe(file) {
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), new NoOperationTraceWriter());
  context.state.featureFlags = featureFlags;
  const content = fs.readFileSync(file, "utf8");
  let root;
  try {
    root = parseWorkflow({ name: "workflow.yml", content }, context).value;
  } catch (error) {
    return { file, errors: [`thrown: ${error.message}`] };
  }
  const out = { file };
  if (root?.templateTokenType === MAPPING) {
    try {
      const template = await convertWorkflowTemplate(context, root, undefined, {
        errorPolicy: ErrorPolicy.TryConversion,
        featureFlags,
      });
      out.events = Object.keys(template.events ?? {});
    } catch (error) {
      context.errors.addError?.(error);
    }
    const workflowPermissions = find(root, "permissions");
    out.jobs = entries(find(root, "jobs")).map((entry) => job(entry, workflowPermissions));
  }
  out.errors = context.errors.getErrors().map((error) => error.message);
  return out;
}

for (const file of process.argv.slice(2)) console.log(JSON.stringify(await describe(file)));
