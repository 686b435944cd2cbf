// Checks the types of the UI's scripts, which are comments (JSDoc), with TypeScript.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const modules = path.resolve(process.argv[process.argv.indexOf("--modules") + 1]);
const compiler = path.join(modules, "typescript/bin/tsc");
if (!fs.existsSync(compiler)) {
  console.log(`skipped: ${modules} has no typescript; scripts/test installs it`);
  process.exit(77);
}
const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../orchestrator/ui/tsconfig.json");
process.exit(spawnSync(process.execPath, [compiler, "-p", project], { stdio: "inherit" }).status ?? 1);
