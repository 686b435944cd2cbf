// The UI by keyboard alone, and its places.
import assert from "node:assert/strict";
import { checkAccess, open, test, visit } from "./harness.mjs";

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

test("has each place by two keys, and the further ones behind More on a phone", async () => {
  const wide = await open();
  await visit(wide.page, "/ui/tables");
  for (const [key, place] of [["n", "connections"], ["k", "catalog"], ["a", "admin"], ["c", "schedules"]]) {
    await wide.page.keyboard.press("g");
    await wide.page.keyboard.press(key);
    await wide.page.waitForURL(new RegExp(`/ui/${place}$`));
    await wide.page.locator(`nav.side [aria-current="page"]:text-is("${place[0].toUpperCase() + place.slice(1)}")`).waitFor();
  }
  await wide.context.close();
  const { page, context, complaints } = await open({ width: 390 });
  await visit(page, "/ui/tables");
  assert.equal(await page.getByRole("link", { name: "Connections" }).count(), 0);
  await page.getByRole("button", { name: "More" }).click();
  await checkAccess(page, "More");
  await page.getByRole("link", { name: "Connections" }).click();
  await page.waitForURL(/\/ui\/connections$/);
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await context.close();
});
