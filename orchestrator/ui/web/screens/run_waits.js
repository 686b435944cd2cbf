// What keeps a run from going on, and who has it.
import { html } from "../html.js";
import { plural } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { Command, Time } from "../parts/basics.js";

/** @param {{run: any}} props */
const Held = ({ run }) => html`<div class="problem warn">
  <h2>Paused${run.held.by ? ` by ${run.held.by}` : ""} <span class="code">since <${Time} at=${run.held.since} />${run.held.until ? html`, until <${Time} at=${run.held.until} />` : ""}</span></h2>
  ${run.held.reason && html`<p>${run.held.reason}</p>`}<p class="hint">Its tasks begin again when it is released.</p></div>`;

/** @param {{wait: any, run: any}} props a wait for a slot or a hold, with the runs that have the slots */
function Wait({ wait, run }) {
  const limits = useResource("/limits?limit=1000", { every: 5000 });
  const slot = (limits.data?.items ?? []).find((/** @type {any} */ each) => wait.for.startsWith(`a slot of ${each.label}`));
  const holders = (slot?.holders ?? []).filter((/** @type {any} */ each) => each.run !== run.run);
  return html`<div class="problem warn">
    <h2>${plural(wait.tasks, "task waits", "tasks wait")} for ${wait.for} <span class="code">since <${Time} at=${wait.since} seconds /></span></h2>
    ${holders.length > 0 && html`<ul class="bar">${holders.slice(0, 10).map((/** @type {any} */ each, /** @type {number} */ index) => html`<li key=${index}><a class="button tiny" href=${at("runs", each.run)}>${each.name || each.run}, since <${Time} at=${each.since} seconds /></a></li>`)}</ul>`}
    <${Command} text="orch limits" /></div>`;
}

/** @param {{run: any}} props */
export const Waits = ({ run }) => html`
  ${run.held && html`<${Held} run=${run} />`}
  ${run.waits_for && html`<div class="problem warn"><h2>It waits for the run <a href=${at("runs", run.waits_for.run)}>${run.waits_for.name || run.waits_for.run}</a></h2><p>Both want: ${run.waits_for.claims.join(", ")}</p></div>`}
  ${(run.waiting ?? []).filter((/** @type {any} */ each) => !run.held || !each.for.startsWith("run ")).map((/** @type {any} */ each) => html`<${Wait} key=${each.for} wait=${each} run=${run} />`)}`;
