// Names, errors and payloads that are markup.
import assert from "node:assert/strict";
import { open, runId, test, visit, world } from "./harness.mjs";
import { hostile } from "./world.mjs";

test("takes no name, error or payload for markup", async () => {
  const { page, context, complaints } = await open();
  const run = await runId(page, "hostile");
  const night = await runId(page, "nightly-01");
  const addresses = ["/ui/tables", `/ui/tables/${encodeURIComponent(hostile)}`, "/ui/grid", "/ui/runs", `/ui/runs/${run}`, `/ui/runs/${run}/graph`, `/ui/runs/${run}/timeline`,
    `/ui/runs/${run}/states`, `/ui/runs/${run}/events`, `/ui/runs/${run}/data`, `/ui/runs/${night}/timeline`, "/ui/catalog/nightly", `/ui/catalog/nightly?entry=${encodeURIComponent(hostile)}`, "/ui/catalog/nightly/plan", "/ui/admin", "/ui/admin/audit", `/ui/${encodeURIComponent(hostile)}`];
  for (const address of addresses) {
    await page.goto(world.address + address);
    await page.locator("h1, h2").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".skeleton"));
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).pwned), undefined, address);
    assert.equal(await page.locator("img").count(), 0, address);
  }
  await visit(page, `/ui/tables/${encodeURIComponent(hostile)}`);
  assert.equal(await page.locator("h1").innerText(), hostile);
  assert.deepEqual(complaints, []);
  await context.close();
});
