// What can be done with runs, and what their pages tell of them.
import assert from "node:assert/strict";
import path from "node:path";
import { checkAccess, open, runId, shots, test, visit, world } from "./harness.mjs";
import { bad } from "./run_world.mjs";

/** @param {any} page the dialog's text */
const dialog = (page) => page.locator("dialog").innerText();

/** @param {() => Promise<any>} condition */
async function until(condition) {
  for (let at = 0; at < 300 && !(await condition()); at += 1) await new Promise((done) => setTimeout(done, 200));
}

/** A test that replicates needs the ledger, which the world holds. @param {() => Promise<void>} act */
const withLedger = (act) => async () => {
  await world.run("release", "ledger");
  try {
    await act();
  } finally {
    await world.holdLedger();
  }
};

test("pauses a run with a reason, and releases it", async () => {
  const { page, context, complaints } = await open();
  const follower = world.run("submit", "long.json", "--input", "{}", "--name", "long");
  await visit(page, "/ui/runs");
  await page.locator('.row a:text-is("long")').click();
  await page.getByRole("button", { name: "Pause…" }).click();
  await page.getByRole("combobox", { name: "How long" }).selectOption("2h");
  await page.getByRole("textbox", { name: /Reason/ }).fill("index build");
  assert.match(await dialog(page), /orch hold --run long --mode pause --until 2h --reason 'index build'/);
  await checkAccess(page, "the dialog to pause");
  await page.getByRole("button", { name: "Pause the run" }).click();
  await page.locator(".problem.warn", { hasText: "index build" }).waitFor();
  await page.getByRole("button", { name: "Release…" }).click();
  assert.match(await dialog(page), /orch release --run long/);
  await page.getByRole("button", { name: "Release the run" }).click();
  await page.getByRole("button", { name: "Pause…" }).waitFor();
  await page.locator(".problem.warn").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Stop…" }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await page.locator(".run-title .tone-idle").waitFor();
  await follower;
  assert.deepEqual(complaints, []);
  await context.close();
});

test("resumes a run with an edited input", async () => {
  const { page, context, complaints } = await open();
  const run = await runId(page, "corrected");
  await visit(page, `/ui/runs/${run}`);
  await page.getByRole("button", { name: "Resume…" }).click();
  await page.getByRole("button", { name: "Edit the input" }).click();
  await page.getByRole("combobox", { name: "From" }).selectOption("Work");
  const field = page.getByRole("textbox", { name: "Input of Work" });
  await field.waitFor();
  assert.deepEqual(JSON.parse(await field.inputValue()), { right: false });
  await field.fill('{"right": tru}');
  await page.getByText(/line 1, column \d+/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Resume the run" }).isDisabled(), true);
  await checkAccess(page, "the dialog to resume");
  await field.fill('{"right": true, "n": 12345678901234567890}');
  await page.getByText(/would round 12345678901234567890/).waitFor();
  await field.fill('{"right": true}');
  assert.match(await dialog(page), /orch resume corrected --from Work --input '{"right":true}'/);
  await page.getByRole("button", { name: "Resume the run" }).click();
  await page.locator(".run-title .tone-ok").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("resumes a replication with an edited catalog", withLedger(async () => {
  const { page, context, complaints } = await open();
  const run = await runId(page, "inline");
  await visit(page, `/ui/runs/${run}`);
  await page.getByRole("button", { name: "Resume…" }).click();
  await page.getByRole("button", { name: "Edit the catalog" }).click();
  const field = page.getByRole("textbox", { name: "Catalog" });
  const catalog = JSON.parse(await field.inputValue());
  await field.fill('{"version": 1}');
  await page.getByText('"tables" is missing').waitFor();
  assert.equal(await page.getByRole("button", { name: "Resume the run" }).isDisabled(), true);
  catalog.tables[0].checks = [];
  await field.fill(JSON.stringify(catalog));
  assert.match(await dialog(page), /orch resume inline --from Health --input/);
  await page.getByRole("button", { name: "Resume the run" }).click();
  await page.locator(".run-title .tone-ok").waitFor();
  await page.locator(".table-line", { hasText: "strict" }).locator(".tone-ok").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
}));

test("redoes one table in a run of its own", withLedger(async () => {
  const { page, context, complaints } = await open({ width: 390 });
  const run = await runId(page, "nightly-07");
  await visit(page, `/ui/runs/${run}`);
  await page.getByRole("button", { name: "Redo claims…" }).click();
  assert.match(await dialog(page), /orch redo nightly-07 claims/);
  await page.getByRole("button", { name: "Redo the table" }).click();
  await page.waitForURL((/** @type {URL} */ url) => /\/ui\/runs\//.test(url.pathname) && !url.pathname.endsWith(run));
  await page.locator(".run-title .tone-ok").waitFor();
  assert.equal(await page.locator(".table-line").count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
}));

test("offers no action to viewers", async () => {
  const token = (await world.run("token", "add", "looker", "--role", "viewer")).out.match(/orch_\S+/)?.[0] ?? "";
  const { page, context } = await open();
  // A browser of the server's own user is known by its connection; the token says less.
  await context.route("**/v1/**", (/** @type {any} */ route) => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } }));
  await visit(page, `/ui/runs/${await runId(page, "nightly-07")}`);
  await page.locator(".live", { hasText: "viewer" }).waitFor();
  for (const name of [/Resume/, /Redo/, /Stop/, /Pause/]) assert.equal(await page.getByRole("button", { name }).count(), 0);
  await context.close();
});

test("draws the graph of the API, and zooms by key", async () => {
  for (const width of [390, 1280]) {
    const { page, context, complaints } = await open({ width });
    const run = await runId(page, "nightly-07");
    await visit(page, `/ui/runs/${run}/graph`);
    await page.locator(".graph .node").first().waitFor();
    const graph = await (await page.request.get(`${world.address}/v1/runs/${run}/graph`)).json();
    assert.equal(await page.locator(".graph .node").count(), graph.nodes.length);
    assert.equal(await page.locator(".graph .edge").count(), graph.ways.length);
    assert.match(await page.locator(".graph .node", { hasText: "Replicate" }).first().innerHTML(), /11 items/);
    assert.ok(await page.locator(".graph .edge.taken").count() > 5);
    const size = async () => (await page.locator(".graph > svg").boundingBox()).width;
    const before = await size();
    await page.locator(".graph").focus();
    await page.keyboard.press("+");
    await page.waitForFunction((/** @type {number} */ was) => (document.querySelector(".graph > svg")?.getBoundingClientRect().width ?? 0) > was * 1.1, before);
    await page.getByRole("button", { name: "Fit" }).click();
    await page.waitForFunction((/** @type {number} */ was) => Math.abs((document.querySelector(".graph > svg")?.getBoundingClientRect().width ?? 0) - was) < 2, before);
    await page.locator(".graph .node", { hasText: "Verify" }).first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/states\?state=Verify/);
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test("shows a map of many children as a strip with its first failures", async () => {
  const { page, context, complaints } = await open();
  const run = await runId(page, "six-hundred");
  await visit(page, `/ui/runs/${run}`);
  const strip = page.locator(".heat svg");
  await strip.waitFor();
  assert.match(await strip.getAttribute("aria-label"), /600 children by index: failures at 6–8 \(2\), 309–311 \(1\), 588–590 \(1\)/);
  assert.equal(await page.locator(".heat g").count(), 200);
  assert.equal(await page.locator(".heat path.failed").count(), 3);
  assert.deepEqual(await page.locator('[aria-label="The first children that failed"] tbody tr td:first-child').allInnerTexts(), bad.map(String));
  await page.locator('[aria-label="The first children that failed"] a').first().click();
  await page.locator("h2, h1", { hasText: "Item.Bad" }).or(page.getByText("Item.Bad")).first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("groups retries on one line of the timeline", async () => {
  const { page, context } = await open();
  await visit(page, `/ui/runs/${await runId(page, "stubborn")}/timeline`);
  const line = page.locator(".gantt-line", { hasText: "Try" });
  await line.waitFor();
  assert.equal(await line.count(), 1);
  assert.equal(await line.locator(".gantt-bar.bad").count(), 3);
  assert.equal(await line.locator(".gantt-pause").count(), 2);
  await line.getByRole("link").click();
  await page.getByText("3 attempts").first().waitFor();
  assert.equal(await page.locator('[aria-label="Attempts"] tbody tr').count(), 3);
  await checkAccess(page, "the attempts");
  await context.close();
});

test("says which run has the slot that another waits for", async () => {
  const { page, context } = await open();
  const followers = [];
  for (const name of ["holder", "waiter"]) {
    followers.push(world.run("submit", "long.json", "--input", "{}", "--name", name));
    await page.waitForTimeout(200);
    await until(async () => (await (await page.request.get(`${world.address}/v1/runs?name=${name}`)).json()).items[0]);
  }
  const waiter = await runId(page, "waiter");
  await visit(page, `/ui/runs/${waiter}/timeline`);
  const box = page.locator(".problem.warn", { hasText: "waits for" });
  await box.waitFor();
  assert.match(await box.innerText(), /1 of 1 held by holder/);
  await box.getByRole("link", { name: /holder/ }).waitFor();
  await checkAccess(page, "a run that waits");
  if (shots) await page.screenshot({ path: path.join(shots, "waits.png") });
  for (const name of ["waiter", "holder"]) await world.run("stop", name);
  await Promise.all(followers);
  await context.close();
});

test("shows what a table's source has changed, and what was read", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/tables/drifting");
  const drift = page.locator('[aria-label="Drift of the source"]');
  await drift.waitFor();
  assert.match(await drift.innerText(), /2 runs[\s\S]*amount/);
  await page.locator('[aria-label^="Bytes that each load read"]').waitFor();
  await page.locator('[aria-label="Evidence"] tbody tr').first().waitFor();
  await checkAccess(page, "a table with drift");
  if (shots) await page.screenshot({ path: path.join(shots, "drift.png"), fullPage: true });
  assert.deepEqual(complaints, []);
  await context.close();
});
