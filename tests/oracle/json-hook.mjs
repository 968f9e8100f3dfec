// The parser imports its schema as JSON without an import attribute, which Node refuses: serve it as a module.
import { register } from "node:module";

const hook = `
import fs from "node:fs";
import { fileURLToPath } from "node:url";
export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  return { format: "module", shortCircuit: true, source: "export default " + fs.readFileSync(fileURLToPath(url), "utf8") };
}`;
register("data:text/javascript," + encodeURIComponent(hook));
