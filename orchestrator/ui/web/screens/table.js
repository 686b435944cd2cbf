// One table over its runs: rows, duration, checks, why it failed.
import { html } from "../html.js";
import { bytes, duration, number } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { Command, Empty, FailureBox, Head, Loaded, Time } from "../parts/basics.js";
import { Chart } from "../parts/chart.js";
import { Status } from "../parts/status.js";

/** @param {any} table of a run @param {string} member of what its steps told */
const told = (table, member) => (table?.steps ?? []).map((/** @type {any} */ step) => step.output?.[member]).find((/** @type {any} */ value) => value !== undefined);

/** @param {any} run of a table */
const failureOf = (run) => (run.error ? { error: run.error, message: run.message ?? "", code: run.code, cause: run.message ?? "" } : null);

/** @param {{runs: any[]}} props the newest first */
function Charts({ runs }) {
  const loads = [...runs].reverse();
  const times = loads.map((run) => Date.parse(run.started) / 1000);
  return html`<div class="columns">
    <section class="card"><div class="card-head"><h2>Rows</h2></div><div class="card-body"><${Chart} label="Rows of each load" times=${times} values=${loads.map((run) => run.load?.rows ?? null)} format=${number} /></div></section>
    <section class="card"><div class="card-head"><h2>Duration</h2></div><div class="card-body"><${Chart} label="Duration of each load" times=${times} values=${loads.map((run) => run.duration_ms)} format=${duration} /></div></section>
  </div>`;
}

/** @param {{checks: any[]}} props */
const Checks = ({ checks }) => html`<div class="scroll-x" tabindex="0" role="group" aria-label="Checks"><table class="plain lined"><thead><tr><th>Check</th><th>Found</th><th>Expected</th></tr></thead><tbody>
  ${checks.map((check) => html`<tr><td><${Status} status=${check.passed ? "succeeded" : "failed"} text=${check.name} /></td><td>${check.found}</td><td class="soft">${check.expected}</td></tr>`)}
</tbody></table></div>`;

/** @param {{of: any}} props the latest load that is published */
function Evidence({ of }) {
  const run = useResource(`/runs/${encodeURIComponent(of.run)}`, { when: () => false });
  const table = run.data?.tables?.find((/** @type {any} */ each) => each.key === of.key);
  const digest = told(table, "digest");
  const checks = told(table, "checks") ?? [];
  return html`<section class="card"><div class="card-head"><h2>What readers see</h2></div><div class="card-body">
    <dl class="facts">
      <div><dt>Rows</dt><dd>${number(of.load.rows)}</dd></div>
      <div><dt>As of</dt><dd><${Time} at=${of.load.as_of ?? of.load.published} seconds /></dd></div>
      <div><dt>Published</dt><dd><${Time} at=${of.load.published} seconds /></dd></div>
      <div><dt>By the run</dt><dd><a href=${at("runs", of.run)}>${of.name || of.run}</a></dd></div>
      <div><dt>Bytes read</dt><dd>${bytes(told(table, "bytes"))}</dd></div>
      <div><dt>Published by</dt><dd>${told(table, "strategy") ?? "–"}</dd></div>
      <div><dt>Digest of the rows</dt><dd class="mono">${digest ?? "–"}</dd></div>
    </dl></div>
    ${checks.length > 0 && html`<${Checks} checks=${checks} />`}
  </section>`;
}

/** @param {{runs: any[]}} props */
const History = ({ runs }) => html`<section class="card"><div class="card-head"><h2>Loads</h2></div><div class="scroll-x" tabindex="0" role="group" aria-label="Loads"><table class="plain">
  <thead><tr><th>Run</th><th>Status</th><th>Started</th><th class="num">Rows</th><th class="num">Took</th><th>Why not</th></tr></thead>
  <tbody>${runs.map((run) => html`<tr key=${run.run}>
    <td class="once"><a href=${at("runs", run.run)}>${run.name || run.run}</a></td><td><${Status} status=${run.status} /></td><td class="once"><${Time} at=${run.started} /></td>
    <td class="num">${number(run.load?.rows)}</td><td class="num">${duration(run.duration_ms)}</td><td class="why">${run.message ?? run.error ?? ""}</td></tr>`)}</tbody>
</table></div></section>`;

/** @param {{runs: any[], name: string}} props */
function Page({ runs, name }) {
  const loaded = runs.find((run) => run.load);
  const failure = failureOf(runs[0]);
  return html`<${Head} title=${name} lead=${html`<${Status} status=${runs[0].status} text=${failure ? "the latest load was refused" : `latest load ${runs[0].status}`} />`} />
    <div class="stack">
      ${failure && html`<${FailureBox} failure=${failure} title="Why it was refused"><div class="bar"><a class="button tiny" href=${at("runs", runs[0].run)}>Open the run</a>${failure.code && html`<${Command} text=${`orch explain ${failure.code}`} />`}</div><//>`}
      ${loaded && html`<${Evidence} key=${loaded.run} of=${loaded} />`}
      <${Charts} runs=${runs} />
      <${History} runs=${runs} />
      <${Command} text=${`orch tables ${name}`} />
    </div>`;
}

/** @param {{name: string}} props */
export function TablePage({ name }) {
  const runs = useResource(`/tables/${encodeURIComponent(name)}/runs?limit=60`);
  return html`<${Loaded} of=${runs} title=${name}>${(/** @type {any} */ data) => (data.items.length === 0
    ? html`<${Head} title=${name} /><div class="card"><${Empty} title="No run has worked on this table" command="orch tables">Its key may be spelled in another way: the list of tables has them all.<//></div>`
    : html`<${Page} runs=${data.items} name=${name} />`)}<//>`;
}
