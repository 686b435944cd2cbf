// What the tests of the web UI have in common: Chromium, a real server, pages that complain when anything goes
// wrong in them, and the list of tests.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { prepareRuns } from "./run_world.mjs";
import { World } from "./world.mjs";

/** @param {string} name */
function option(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? "" : process.argv[at + 1];
}

/** @param {string} why */
function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

const modules = path.resolve(option("modules"));
const chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executable = process.env.ORCH_TEST_CHROMIUM ?? chromiums.find((file) => fs.existsSync(file)) ?? "";
if (!fs.existsSync(path.join(modules, "playwright-core"))) skip(`${modules} has no playwright-core; scripts/test installs it`);
if (!executable) skip("Chromium is not installed (the package chromium)");

const require = createRequire(path.join(modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const nights = 7;
export const shots = option("shots");
const only = option("only");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "orch-ui-"));
export const world = new World(path.resolve(option("orch")), folder);
/** @type {{name: string, act: () => Promise<void>}[]} */
const tests = [];
/** @param {string} name @param {() => Promise<void>} act */
export const test = (name, act) => { if (!only || name.includes(only)) tests.push({ name, act }); };

/** @type {any} */
let browser;

/**
 * A page that complains when anything goes wrong in it.
 * @param {{width?: number, theme?: "light" | "dark"}} [look]
 */
export async function open(look = {}) {
  const width = look.width ?? 1280;
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : width > 2000 ? 1440 : 800 }, colorScheme: look.theme ?? "light", reducedMotion: "reduce", timezoneId: "Europe/Berlin" });
  context.setDefaultTimeout(120_000);  // a busy machine is no fault
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (/** @type {Error} */ error) => complaints.push(error.stack ?? error.message));
  page.on("console", (/** @type {any} */ message) => { if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text()); });
  return { page, context, complaints };
}

/** @param {any} page @param {string} address */
export async function visit(page, address) {
  await page.goto(world.address + address);
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".skeleton"));
}

/** @param {any} page */
export async function runId(page, name = "") {
  const answer = await page.request.get(`${world.address}/v1/runs?name=${encodeURIComponent(name)}&limit=1`);
  return (await answer.json()).items[0].run;
}

/** @param {any} page @param {string} where */
export async function checkAccess(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((/** @type {any} */ each) => each.impact === "serious" || each.impact === "critical");
  assert.deepEqual(serious.map((/** @type {any} */ each) => `${where}: ${each.id}: ${each.nodes[0].html.slice(0, 200)} ${each.nodes[0].failureSummary}`), []);
}

async function runAll() {
  await world.load(nights);
  await world.misuse();
  await prepareRuns(world);
  await world.project();
  await world.serve();
  await world.disturb();
  browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  let failed = 0;
  for (const { name, act } of tests) {
    const begin = Date.now();
    try {
      await act();
      console.log(`ok      ${name} (${Date.now() - begin} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error instanceof Error ? error.stack : error}`);
    }
  }
  await browser.close();
  await world.stop();
  return failed;
}

/** Runs what was registered, and exits: 0 when all is as it should be. */
export async function main() {
  let code = 1;
  try {
    code = (await runAll()) === 0 ? 0 : 1;
  } finally {
    await browser?.close().catch(() => {});
    await world.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  process.exit(code);
}
