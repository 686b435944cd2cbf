// Connections: which are down and held, why, for how long; holding, releasing and testing them.
import assert from "node:assert/strict";
import { checkAccess, open, test, visit, world } from "./harness.mjs";

/** @param {any} page @param {string} name */
const card = (page, name) => page.getByRole("region", { name, exact: true });

test("says which connection is down, and why in words", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/connections");
  assert.match(await page.locator("h1").innerText(), /3 connections: 1 down, 1 held/);
  const archive = await card(page, "archive").innerText();
  assert.match(archive, /Down since/);
  assert.match(archive, /Connection refused/);
  assert.doesNotMatch(archive, /[{}]|"message"/);
  assert.match(archive, /postgresql:\/\/loader@127\.0\.0\.1:9\/archive/);
  await card(page, "archive").getByText("1 outage in 30 days").waitFor();
  const ledger = await card(page, "ledger").innerText();
  assert.match(ledger, /the ledger is moved to another disk/);
  assert.match(ledger, /0 of 4 in use/);
  await page.getByRole("button", { name: "Needs attention" }).click();
  await card(page, "warehouse").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await context.close();
});

test("holds a connection and releases it, and prints the commands", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/connections?q=warehouse");
  await page.getByRole("button", { name: "Hold warehouse…" }).click();
  await page.getByLabel("Stop tasks").check();
  await page.getByLabel("How long").selectOption("2h");
  await page.getByLabel("Why, for those who wait").fill("vacuum");
  assert.match(await page.locator("dialog").innerText(), /orch hold warehouse --mode pause --until 2h --reason vacuum/);
  await checkAccess(page, "the dialog of a hold");
  await page.getByRole("button", { name: "Hold the connection" }).click();
  await card(page, "warehouse").getByText("vacuum").waitFor();
  assert.match((await world.run("limits")).out, /connection warehouse\s+pause/);
  await page.getByRole("button", { name: "Release warehouse…" }).click();
  assert.match(await page.locator("dialog").innerText(), /orch release warehouse/);
  await page.getByRole("button", { name: "Release the connection" }).click();
  await page.getByRole("button", { name: "Hold warehouse…" }).waitFor();
  assert.doesNotMatch((await world.run("limits")).out, /warehouse/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("tests a connection", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/connections");
  await page.getByRole("button", { name: "Test warehouse…" }).click();
  await page.getByRole("button", { name: "Test the connection" }).click();
  await card(page, "warehouse").getByText(/Answered in/).waitFor();
  assert.match(await card(page, "warehouse").locator(".trial").innerText(), /\d+ tables/);
  await page.getByRole("button", { name: "Test archive…" }).click();
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.locator("dialog .problem").waitFor();
  assert.match(await page.locator("dialog .problem").innerText(), /ORCH-0850[\s\S]*Connection\.Down/);
  await page.keyboard.press("Escape");
  assert.deepEqual(complaints, []);
  await context.close();
});
