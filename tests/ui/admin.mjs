// Admin: tokens, the audit log, the store.
import assert from "node:assert/strict";
import { checkAccess, open, test, visit, world } from "./harness.mjs";
import { hostile } from "./world.mjs";

test("makes a token, shows it once, and revokes it", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/admin");
  assert.equal(await page.locator(".who-line b", { hasText: hostile }).innerText(), hostile);
  await page.getByRole("button", { name: "New token…" }).click();
  await page.getByLabel("Name, of whom or what uses it").fill("night shift");
  await page.getByRole("combobox", { name: "Role" }).selectOption("operator");
  await page.getByText("Limit it to projects").click();
  await page.getByLabel("Pipelines", { exact: true }).fill("nightly, markets-*");
  assert.match(await page.locator("dialog").innerText(), /orch token add 'night shift' --role operator --days 90 --pipeline nightly --pipeline 'markets-\*'/);
  await checkAccess(page, "the dialog of a new token");
  await page.getByRole("button", { name: "Make the token" }).click();
  const text = await page.locator("dialog code", { hasText: /^orch_[0-9a-f]{64}$/ }).innerText();
  const asked = (/** @type {string} */ path) => page.request.get(world.address + path, { headers: { Authorization: `Bearer ${text}` } });
  assert.deepEqual((await (await asked("/v1/pipelines")).json()).items.map((/** @type {any} */ each) => each.name), ["nightly"]);
  assert.equal((await asked("/v1/tokens")).status(), 403);
  await page.getByRole("button", { name: "I have copied it" }).click();
  const row = page.locator(".who-line", { hasText: "night shift" });
  await row.waitFor();
  assert.equal(await page.getByText(text).count(), 0);
  await row.getByRole("button", { name: "Revoke night shift…" }).click();
  assert.match(await page.locator("dialog").innerText(), /orch token remove 'night shift'/);
  await page.getByRole("button", { name: "Revoke the token" }).click();
  await row.waitFor({ state: "detached" });
  assert.equal((await asked("/v1/pipelines")).status(), 401);
  await visit(page, "/ui/admin/audit?q=night+shift");
  const log = await page.getByRole("table").innerText();
  assert.match(log, /tokens\.add/);
  assert.match(log, /tokens\.remove/);
  assert.ok(!log.includes(text));
  assert.deepEqual(complaints, []);
  await context.close();
});

test("shows the store: health, retention, libraries", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/admin/store");
  await page.getByText("every checksum is right").waitFor();
  await page.getByText(/SQLite/).waitFor();
  await page.getByLabel("Runs kept of each pipeline").fill("1");
  await page.getByText(/runs would go/).waitFor();
  await page.getByText("orch retention --plan --retention runs:1").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
