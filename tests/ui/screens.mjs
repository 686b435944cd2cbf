// Every screen at three widths in both looks: nothing is wider than the window, axe-core finds nothing serious,
// and nothing moves while it loads.
import assert from "node:assert/strict";
import path from "node:path";
import { checkAccess, nights, open, runId, shots, test, visit } from "./harness.mjs";

const widths = [390, 1280, 2560];
const themes = /** @type {const} */ (["light", "dark"]);

/** @returns {Promise<[string, string][]>} name and address of each screen */
async function screens(/** @type {any} */ page) {
  const run = await runId(page, `nightly-${String(nights).padStart(2, "0")}`);
  return [
    ["tables", "/ui/tables"], ["table", "/ui/tables/fx_rates"], ["grid", "/ui/grid"], ["runs", "/ui/runs"], ["run", `/ui/runs/${run}`],
    ["graph", `/ui/runs/${run}/graph`], ["timeline", `/ui/runs/${run}/timeline`], ["states", `/ui/runs/${run}/states?state=Verify`],
    ["events", `/ui/runs/${run}/events?failures=true`], ["data", `/ui/runs/${run}/data`], ["changes", "/ui/changes"], ["schedules", "/ui/schedules"], ["connections", "/ui/connections"],
    ["catalogs", "/ui/catalog"], ["catalog", "/ui/catalog/nightly"], ["entry", "/ui/catalog/nightly?entry=fx_rates"], ["catalog-changes", "/ui/catalog/nightly/changes"], ["catalog-plan", "/ui/catalog/nightly/plan"],
    ["admin", "/ui/admin"], ["audit", "/ui/admin/audit"], ["store", "/ui/admin/store"], ["playground", "/ui/playground"],
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
