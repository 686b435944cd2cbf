// What happens while a page is open.
import assert from "node:assert/strict";
import { open, test, visit, world } from "./harness.mjs";

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
