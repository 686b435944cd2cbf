// Schedules: fire times on a week's line, pause and resume.
import assert from "node:assert/strict";
import { open, test, visit } from "./harness.mjs";

test("shows fire times of a week, many of them as a band, and pauses a pipeline", async () => {
  const { page, context, complaints } = await open();
  await visit(page, "/ui/schedules");
  assert.match(await page.locator("h1").innerText(), /3 pipelines, 1 paused/);
  const nightly = page.locator("section", { has: page.getByRole("heading", { name: /^nightly/ }) });
  const purge = page.locator("section", { has: page.getByRole("heading", { name: /^purge/ }) });
  await nightly.locator(".week-mark").first().waitFor();
  const marks = await nightly.locator(".week-mark").count();
  assert.ok(marks >= 4 && marks <= 5, `${marks} marks`);
  await purge.locator(".week-band").waitFor();
  await nightly.getByRole("button", { name: "Pause…" }).click();
  await page.getByLabel("Why").fill("quarter end");
  assert.match(await page.locator("dialog").innerText(), /orch pipeline pause nightly --note 'quarter end'/);
  await page.getByRole("button", { name: "Pause the pipeline" }).click();
  await nightly.getByText("quarter end").waitFor();
  await nightly.getByRole("button", { name: "Resume…" }).click();
  await page.getByRole("button", { name: "Resume the pipeline" }).click();
  await nightly.getByRole("button", { name: "Pause…" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
