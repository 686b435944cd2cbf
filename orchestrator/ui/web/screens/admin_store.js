// The store: is all well, how large is it, what would retention remove, which libraries are in use.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { query as queryOf } from "../data/api.js";
import { bytes, number, plural } from "../data/format.js";
import { useAll, useResource } from "../data/resource.js";
import { may, useSession } from "../data/session.js";
import { Command, Empty, Loaded, Time } from "../parts/basics.js";
import { Status } from "../parts/status.js";

const never = { when: () => false };
const states = /** @type {Record<string, string>} */ ({ ok: "up", warning: "degraded", error: "failed" });

/** @param {{server: any}} props */
const Facts = ({ server }) => html`<section class="card"><div class="card-head"><h2>Server</h2></div><div class="card-body"><dl class="facts">
  <div><dt>Version</dt><dd>orch ${server.version}</dd></div>
  <div><dt>Running since</dt><dd><${Time} at=${server.started} /></dd></div>
  <div><dt>Store</dt><dd class="mono">${server.store}</dd></div>
  <div><dt>Size, with all its files</dt><dd>${bytes(server.bytes)}</dd></div>
</dl></div></section>`;

function Health() {
  const found = useResource("/doctor", never);
  const bad = (found.data?.items ?? []).filter((/** @type {any} */ each) => each.state !== "ok").length;
  return html`<section class="card"><div class="card-head"><h2>${!found.data ? "Health" : bad === 0 ? "All is well" : plural(bad, "finding needs attention", "findings need attention")}</h2><button class="button tiny" onClick=${found.again}>Examine again</button></div>
    <${Loaded} of=${found}>${(/** @type {any} */ data) => html`<table class="plain"><tbody>${data.items.map((/** @type {any} */ each) => html`<tr>
      <td class="once"><${Status} status=${states[each.state]} text=${each.subject} /></td><td>${each.found}${each.hint && html`<div class="hint">${each.hint}</div>`}</td></tr>`)}</tbody></table>`}<//>
    <div class="card-body"><${Command} text="orch doctor" /></div></section>`;
}

const limits = [["days", "Days that runs are kept"], ["runs", "Runs kept of each pipeline"], ["failure_days", "Days that failures are kept"]];

/** @param {{plan: any}} props */
const Plan = ({ plan }) => html`<p class="card-body" role="status">${plan.expired === 0 ? html`<b>Nothing would go:</b> ${plural(plan.kept, "run")} would be kept.` : html`<b>${plural(plan.expired, "run")} would go</b>, with ${bytes(plan.bytes)}; ${number(plan.kept)} would be kept.`}</p>
  ${plan.items.length > 0 && html`<div class="scroll-x" tabindex="0" role="group" aria-label="What would go"><table class="plain lined">
    <thead><tr><th>Pipeline or workflow</th><th class="num">Kept</th><th class="num">Would go</th><th>Oldest</th><th>Why</th></tr></thead>
    <tbody>${plan.items.map((/** @type {any} */ each) => html`<tr><td><b>${each.name}</b></td><td class="num">${number(each.kept)}</td><td class="num">${number(each.expired)}</td><td class="once"><${Time} at=${each.oldest} /></td><td class="why">${each.why ?? ""}</td></tr>`)}</tbody>
  </table></div>`}`;

function Retention() {
  const [form, set] = useState(/** @type {Record<string, string>} */ ({}));
  const given = Object.fromEntries(limits.map(([name]) => [name, form[name] ?? ""]).filter(([, text]) => /^\d{1,9}$/.test(text)));
  const plan = useAll(`/retention${queryOf(given)}`, never);
  const words = Object.entries(given).map(([name, value]) => `${name.replace("_", "-")}:${value}`).join(",");
  return html`<section class="card"><div class="card-head"><h2>Retention</h2><span class="soft small">a preview: nothing is removed here</span></div>
    <div class="card-body columns tight">${limits.map(([name, label]) => html`<label class="label">${label}<input class="field" type="number" min="0" placeholder="as configured" value=${form[name] ?? ""} onInput=${(/** @type {any} */ event) => set((last) => ({ ...last, [name]: event.target.value }))} /></label>`)}</div>
    <${Loaded} of=${plan}>${(/** @type {any} */ data) => html`<${Plan} plan=${data} />`}<//>
    <div class="card-body"><${Command} text=${`orch retention --plan${words && ` --retention ${words}`}`} /></div></section>`;
}

/** @param {{libraries: any[]}} props */
const Libraries = ({ libraries }) => html`<section class="card"><div class="card-head"><h2>Libraries</h2><span class="soft small">in the versions that are in use</span></div>
  <div class="card-body"><dl class="facts">${libraries.map((each) => html`<div><dt>${each.name}</dt><dd class="mono">${each.version}</dd></div>`)}</dl></div></section>`;

export function Store() {
  const server = useResource("/server", { ...never, every: 60_000 });
  const operates = may(useSession(), "operator");
  return html`<${Loaded} of=${server}>${(/** @type {any} */ data) => html`<div class="stack">
    <${Facts} server=${data} />
    ${operates ? html`<${Health} />` : html`<div class="card"><${Empty} title="Health takes the role operator">It reads the whole store.<//></div>`}
    <${Retention} />
    <${Libraries} libraries=${data.libraries} />
  </div>`}<//>`;
}
