// Tables, runs, maps, long histories, the playground.
import assert from "node:assert/strict";
import { open, runId, test, visit, world } from "./harness.mjs";

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
