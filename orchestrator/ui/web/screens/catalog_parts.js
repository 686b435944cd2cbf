// How a pipeline's catalog and its sources have come apart, and what a run would do. Both ask the databases
// now, and are not kept up by themselves.
import { html } from "../html.js";
import { catalogFile, lockText, planState, placeOf, risks } from "../data/catalog.js";
import { bytes, number, plural } from "../data/format.js";
import { useAll } from "../data/resource.js";
import { at } from "../data/router.js";
import { quoted } from "../parts/act.js";
import { Command, Empty, Loaded } from "../parts/basics.js";
import { Grants } from "../parts/grants.js";
import { Json } from "../parts/json.js";
import { Status } from "../parts/status.js";

const never = { when: () => false };
const kinds = /** @type {Record<string, {status: string, text: string, lead: string}>} */ ({
  new: { status: "waiting", text: "new", lead: "No entry reads it yet." },
  gone: { status: "failed", text: "gone", lead: "Its entry reads what is no longer there: loads fail." },
  changed: { status: "stale", text: "changed", lead: "Loads are refused until the change is accepted." },
});

/** @param {{change: any, file: string}} props */
const Change = ({ change, file }) => html`<section class="card" aria-label=${change.key}><div class="card-head"><h2>${change.key}</h2><${Status} status=${kinds[change.change].status} text=${kinds[change.change].text} /></div>
  <div class="card-body stack"><p>${change.detail || kinds[change.change].lead}${change.detail && html` <span class="soft">${kinds[change.change].lead}</span>`}</p>
    ${change.sql.length > 0 && html`<${Grants} grants=${change.sql} title="The target needs first" />`}
    ${change.entry && html`<details class="fold"><summary>The entry that would be added</summary><${Json} value=${change.entry} title="Entry" /></details>`}
    <${Command} text=${`orch catalog refresh ${quoted(file)} --accept ${quoted(change.key)}`} /></div></section>`;

/** @param {{pipeline: any}} props */
export function Changes({ pipeline }) {
  const changes = useAll(`/pipelines/${encodeURIComponent(pipeline.name)}/catalog/changes`, never);
  const file = catalogFile(pipeline);
  return html`<${Loaded} of=${changes}>${(/** @type {any} */ data) => html`<div class="stack">
    ${data.items.length === 0 ? html`<div class="card"><${Empty} title="The catalog is as its sources are">No table is new, gone or changed since the last loads.<//></div>`
      : html`<div class="card card-body stack"><p><b>${plural(data.items.length, "table")} ${data.items.length === 1 ? "is" : "are"} not as the catalog has ${data.items.length === 1 ? "it" : "them"}.</b> ${""}The catalog is a file of the project, under its version control: take the changes in there, look at the difference, and deploy.</p>
        <div class="bar"><${Command} text=${`orch catalog refresh ${quoted(file)} --apply`} /><${Command} text="orch deploy" /></div></div>
        ${data.items.map((/** @type {any} */ each) => html`<${Change} key=${`${each.change} ${each.key}`} change=${each} file=${file} />`)}`}
    <div class="bar"><button class="button" onClick=${changes.again}>Look again</button></div></div>`}<//>`;
}

/** @param {{plan: any}} props */
const Risks = ({ plan }) => html`<details class="fold"><summary>${plural(risks(plan).length, "column")} of which values may not arrive as they are</summary>
  <div class="scroll-x" tabindex="0" role="group" aria-label="Columns"><table class="plain lined"><thead><tr><th>Column</th><th>Becomes</th><th>May refuse</th><th>May lose</th></tr></thead>
    <tbody>${risks(plan).map((/** @type {any} */ column) => html`<tr><td><b>${column.source}</b> <span class="soft">${column.source_type}</span></td><td>${column.target} <span class="soft">${column.target_type}</span></td><td>${column.may_refuse}</td><td>${column.may_lose}</td></tr>`)}</tbody></table></div></details>`;

/** @param {{plan: any}} props a table that would not be loaded, and what helps */
const Refused = ({ plan }) => html`<section class="card" aria-label=${plan.key}><div class="card-head"><h2><a class="quiet-link" href=${at("tables", plan.key)}>${plan.key}</a></h2><${Status} status="failed" text="refused" /></div>
  <div class="card-body stack">
    ${plan.problems.map((/** @type {any} */ each) => html`<div><p>${each.message}</p>${each.hint && html`<p class="hint">${each.hint}</p>`}</div>`)}
    ${plan.grants && html`<${Grants} grants=${plan.grants} />`}
    <p class="soft">${Way(plan)}</p>
  </div></section>`;

/** @param {any} plan from where to where */
const Way = (plan) => html`${placeOf(plan.source).connection} <code>${placeOf(plan.source).table}</code> → ${placeOf(plan.target).connection} <code>${placeOf(plan.target).table}</code>`;

/** @param {any} plan */
const amount = (plan) => (plan.rows === null || plan.rows === undefined ? "" : `about ${plural(plan.rows, "row")}${plan.bytes ? `, ${bytes(plan.bytes)}` : ""}`);

/** @param {any} plan what would be done with it, in one sentence */
const doing = (plan) => [plan.strategy, plan.after && `rows after ${plan.after}`, plan.parts > 1 && `${plan.parts} parts at once`, plan.method && `moved as ${plan.method}`, plan.publish !== "unchanged" && plan.lock && lockText(plan)].filter(Boolean).join(", ");

/** @param {{plan: any}} props */
const Goes = ({ plan }) => html`<li class="plan-line">
  <span class="cut"><a class="quiet-link" href=${at("tables", plan.key)}><b>${plan.key}</b></a></span><span class="plan-way">${Way(plan)}</span>
  <span><${Status} status=${planState(plan).status} text=${planState(plan).text} /></span><span class="num soft">${amount(plan)}</span>
  <span class="plan-more soft small">${doing(plan)}</span>
  ${risks(plan).length > 0 && html`<div class="plan-more"><${Risks} plan=${plan} /></div>`}
</li>`;

/** @param {any} plan */
const refused = (plan) => plan.problems.length > 0;

/** @param {any[]} plans what is said first */
function leadOf(plans) {
  const creates = plans.filter((plan) => plan.creates).length;
  const bad = plans.filter(refused).length;
  const parts = [bad > 0 && `${number(bad)} would be refused`, creates > 0 && `${number(creates)} would be created`].filter(Boolean);
  return `${plural(plans.length, "table")}${parts.length > 0 ? `: ${parts.join(", ")}` : ", each can be loaded"}`;
}

/** @param {{pipeline: any}} props */
export function Plan({ pipeline }) {
  const plan = useAll(`/pipelines/${encodeURIComponent(pipeline.name)}/catalog/plan`, never);
  return html`<${Loaded} of=${plan}>${(/** @type {any} */ data) => html`<div class="stack"><p class="lead"><b>${leadOf(data.items)}.</b> <span class="soft">Nothing was read or written beyond descriptions of the tables.</span></p>
    ${data.items.filter(refused).map((/** @type {any} */ each) => html`<${Refused} key=${each.key} plan=${each} />`)}
    ${!data.items.every(refused) && html`<ul class="card" aria-label="Tables that would be loaded">${data.items.filter((/** @type {any} */ each) => !refused(each)).map((/** @type {any} */ each) => html`<${Goes} key=${each.key} plan=${each} />`)}</ul>`}
    <div class="bar"><button class="button" onClick=${plan.again}>Look again</button><${Command} text=${`orch plan ${quoted(catalogFile(pipeline))}`} /></div></div>`}<//>`;
}
