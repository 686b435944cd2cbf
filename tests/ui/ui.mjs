// The web UI in Chromium against a real server: every screen at three widths in both looks, by keyboard
// alone, with hostile names, long lists, and a restart while it is open.
//
//   node ui.mjs --orch build/dev/orch --modules build/ui-tests/node_modules [--shots FOLDER] [--only WORD]
//
// Exits with 77 (skipped) where the packages or Chromium are missing.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { prepareRuns, runTests } from "./runs.mjs";
import { World, hostile } from "./world.mjs";

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

const nights = 7;
const widths = [390, 1280, 2560];
const themes = /** @type {const} */ (["light", "dark"]);
const shots = option("shots");
const only = option("only");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "orch-ui-"));
const world = new World(path.resolve(option("orch")), folder);
/** @type {{name: string, act: () => Promise<void>}[]} */
const tests = [];
/** @param {string} name @param {() => Promise<void>} act */
const test = (name, act) => { if (!only || name.includes(only)) tests.push({ name, act }); };

/** @type {any} */
let browser;

/**
 * A page that complains when anything goes wrong in it.
 * @param {{width?: number, theme?: "light" | "dark"}} [look]
 */
async function open(look = {}) {
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
async function visit(page, address) {
  await page.goto(world.address + address);
  await page.locator("h1").first().waitFor();
  await page.locator(".skeleton").waitFor({ state: "detached" });
}

/** @param {any} page */
async function runId(page, name = "") {
  const answer = await page.request.get(`${world.address}/v1/runs?name=${encodeURIComponent(name)}&limit=1`);
  return (await answer.json()).items[0].run;
}

/** @param {any} page @param {string} where */
async function checkAccess(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((/** @type {any} */ each) => each.impact === "serious" || each.impact === "critical");
  assert.deepEqual(serious.map((/** @type {any} */ each) => `${where}: ${each.id}: ${each.nodes[0].html.slice(0, 200)} ${each.nodes[0].failureSummary}`), []);
}

/** @returns {Promise<[string, string][]>} name and address of each screen */
async function screens(/** @type {any} */ page) {
  const run = await runId(page, `nightly-${String(nights).padStart(2, "0")}`);
  return [
    ["tables", "/ui/tables"], ["table", "/ui/tables/fx_rates"], ["grid", "/ui/grid"], ["runs", "/ui/runs"], ["run", `/ui/runs/${run}`],
    ["graph", `/ui/runs/${run}/graph`], ["timeline", `/ui/runs/${run}/timeline`], ["states", `/ui/runs/${run}/states?state=Verify`],
    ["events", `/ui/runs/${run}/events?failures=true`], ["data", `/ui/runs/${run}/data`], ["changes", "/ui/changes"], ["schedules", "/ui/schedules"], ["playground", "/ui/playground"],
  ];
}

for (const width of widths) {
  for (const theme of themes) {
    test(`screens at ${width} pixels, ${theme}`, async () => {
      const { page, context, complaints } = await open({ width, theme });
      for (const [name, address] of await screens(page)) {
        await visit(page, address);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${name} is ${wide} pixels wider than the window`);
        await checkAccess(page, `${name} at ${width}, ${theme}`);
        if (shots) await page.screenshot({ path: path.join(shots, `${name}-${width}-${theme}.png`) });
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}

test("says in words what is wrong this morning", async () => {
  const { page, context } = await open();
  await visit(page, "/ui/");
  assert.match(await page.locator("h1").innerText(), /[89] of 13 tables are right/);
  const attention = await page.locator(".attention").innerText();
  assert.match(attention, /cash_calls/);
  assert.match(attention, /refused because/);
  assert.match(attention, /recoveries/);
  await context.close();
});

test("shows failures first, and the command that does the same", async () => {
  const { page, context } = await open();
  await visit(page, `/ui/runs/${await runId(page, "nightly-07")}`);
  assert.match(await page.locator(".problem").first().innerText(), /cash_calls[\s\S]*Check\.Failed/);
  await page.getByRole("button", { name: "Resume…" }).click();
  assert.match(await page.locator("dialog").innerText(), /orch resume nightly-07/);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await context.close();
});

test("stops a run, and resumes it", async () => {
  const { page, context, complaints } = await open();
  const follower = world.run("submit", "waits.json", "--input", "{}", "--name", "waits");
  await visit(page, "/ui/runs");
  await page.locator('.row a:text-is("waits")').click();
  await page.locator(".run-title .tone-run").waitFor();
  await page.getByRole("button", { name: "Stop…" }).click();
  assert.match(await page.locator("dialog").innerText(), /orch stop waits/);
  await page.getByRole("button", { name: "Stop the run" }).click();
  await page.locator(".run-title .tone-idle").waitFor();
  assert.equal((/** @type {any} */ (await follower)).code, 4);
  await page.getByRole("button", { name: "Resume…" }).click();
  await page.getByRole("button", { name: "Resume the run" }).click();
  await page.locator(".run-title .tone-run").waitFor();
  await page.getByRole("button", { name: "Stop…" }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await page.locator(".run-title .tone-idle").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("tries expressions and states", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/playground");
  await page.locator('.json-tree .n:text-is("505.5")').waitFor();
  await page.getByLabel("Expression").fill("$nothing(");
  await page.locator(".problem").waitFor();
  await page.getByRole("button", { name: "JSONPath" }).click();
  await page.locator('.json-tree .n:text-is("310")').waitFor();
  await page.getByRole("link", { name: "State", exact: true }).click();
  await page.locator('b:text-is("Large")').waitFor();
  await page.getByLabel("State", { exact: true }).fill('{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true}');
  await page.getByText("This state does work").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("can be used by keyboard alone", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/tables");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.activeElement).type), "search");
  await page.keyboard.type("claims");
  await page.locator('.row a:text-is("claims")').waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  for (let at = 0; at < 12 && (await page.evaluate(() => !document.activeElement?.matches(".row a"))); at += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ui\/tables\/claims$/);
  await page.locator('h1:text-is("claims")').waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/ui\/runs$/);
  await page.locator(".row a").first().waitFor();
  await page.locator(".row a").first().focus();
  const second = await page.locator('.row[data-index="1"] a').getAttribute("href");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((/** @type {string} */ href) => document.activeElement?.getAttribute("href") === href, second);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${second}`);
  await page.keyboard.press("?");
  await page.locator("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await context.close();
});

test("shows a distributed map as counts and the children that failed", async () => {
  const { page, context } = await open();
  await visit(page, `/ui/runs/${await runId(page, "children")}`);
  await page.getByText("4 failed").waitFor();
  await page.getByText("96 succeeded").waitFor();
  assert.equal(await page.getByText("is not an item").count(), 4);
  await context.close();
});

test("keeps 10,000 events in a list of few elements", async () => {
  const { page, context } = await open();
  await visit(page, `/ui/runs/${await runId(page, "many")}/events`);
  await page.waitForFunction(() => Number(document.querySelector("[aria-rowcount]")?.getAttribute("aria-rowcount")) > 10_001);
  await page.locator(".row a").first().focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => Number(/** @type {any} */ (document.activeElement?.closest(".row"))?.dataset.index) >= 10_000);
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /ExecutionSucceeded/);
  assert.ok(await page.locator(".row").count() < 150);
  await context.close();
});

test("moves nothing while it loads", async () => {
  const { page, context } = await open();
  await page.addInitScript(() => {
    /** @type {any} */ (window).shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) /** @type {any} */ (window).shifted += /** @type {any} */ (entry).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const address of ["/ui/tables", "/ui/grid", "/ui/runs"]) {
    await visit(page, address);
    const shifted = await page.evaluate(() => /** @type {any} */ (window).shifted);
    assert.ok(shifted < 0.05, `${address} has moved by ${shifted}`);
  }
  await context.close();
});

test("takes no name, error or payload for markup", async () => {
  const { page, context, complaints } = await open();
  const run = await runId(page, "hostile");
  const night = await runId(page, "nightly-01");
  const addresses = ["/ui/tables", `/ui/tables/${encodeURIComponent(hostile)}`, "/ui/grid", "/ui/runs", `/ui/runs/${run}`, `/ui/runs/${run}/graph`, `/ui/runs/${run}/timeline`,
    `/ui/runs/${run}/states`, `/ui/runs/${run}/events`, `/ui/runs/${run}/data`, `/ui/runs/${night}/timeline`, `/ui/${encodeURIComponent(hostile)}`];
  for (const address of addresses) {
    await page.goto(world.address + address);
    await page.locator("h1, h2").first().waitFor();
    await page.locator(".skeleton").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).pwned), undefined, address);
    assert.equal(await page.locator("img").count(), 0, address);
  }
  await visit(page, `/ui/tables/${encodeURIComponent(hostile)}`);
  assert.equal(await page.locator("h1").innerText(), hostile);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("shows a new run by itself, and survives a restart of the server", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/runs");
  await world.run("submit", "hostile.json", "--input", "{}", "--name", "while-open");
  await page.locator('.row a:text-is("while-open")').waitFor();
  await world.stop();
  await page.locator(".cut-off").waitFor();
  await world.serve();
  await page.locator(".cut-off").waitFor({ state: "detached" });
  await world.run("submit", "hostile.json", "--input", "{}", "--name", "after-restart");
  await page.locator('.row a:text-is("after-restart")').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

runTests({ world, test, open, visit, runId, checkAccess, shots });

async function main() {
  await world.load(nights);
  await world.misuse();
  await prepareRuns(world);
  await world.serve();
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

let code = 1;
try {
  code = (await main()) === 0 ? 0 : 1;
} finally {
  await browser?.close().catch(() => {});
  await world.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
