// Catalogs: entries, what has changed at the source, what a run would do.
import assert from "node:assert/strict";
import { open, test, visit } from "./harness.mjs";

test("shows the entries of a catalog, one with all its members", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/catalog");
  await page.locator('.row a:text-is("nightly")').click();
  await page.locator('.row a:text-is("fx_rates")').click();
  await page.waitForURL(/entry=fx_rates/);
  assert.match(await page.getByRole("region", { name: "The entry fx_rates" }).innerText(), /"warehouse"[\s\S]*orch catalog show catalog\.json --only fx_rates/);
  await page.getByLabel("Search entries").fill("claims");
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("shows what has changed at the source, and how it is taken in", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/catalog/nightly/changes");
  const gone = await page.getByRole("region", { name: "recoveries" }).innerText();
  assert.match(gone, /gone/);
  assert.match(gone, /orch catalog refresh catalog\.json --accept recoveries/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("shows what a run would do with each table", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/catalog/nightly/plan");
  await page.getByText("11 tables: 1 would be refused.").waitFor();
  assert.match(await page.getByRole("region", { name: "recoveries" }).innerText(), /no such file/);
  assert.equal(await page.locator(".plan-line").count(), 10);
  assert.deepEqual(complaints, []);
  await context.close();
});
