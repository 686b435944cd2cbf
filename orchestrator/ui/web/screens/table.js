// One table over its runs: rows, duration, checks, why it failed.
import { html } from "../html.js";
import { bytes, duration, number, plural } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { quoted } from "../data/shell.js";
import { differingOf, driftsOf } from "../data/table_history.js";
import { Command, Empty, FailureBox, Head, Loaded, Time } from "../parts/basics.js";
import { Chart } from "../parts/chart.js";
import { Status } from "../parts/status.js";

/** @param {any} table the evidence of a run @param {string} member of what its steps found */
const told = (table, member) => (table?.steps ?? []).map((/** @type {any} */ step) => step.found?.[member]).find((/** @type {any} */ value) => value !== undefined);

/** @param {any} run of a table */
const failureOf = (run) => (run.error ? { error: run.error, message: run.message ?? "", code: run.code, cause: run.message ?? "" } : null);

/** @param {{runs: any[]}} props the newest first */
function Charts({ runs }) {
  const loads = [...runs].reverse();
  const times = loads.map((run) => Date.parse(run.started) / 1000);
  return html`<div class="columns">
    <section class="card"><div class="card-head"><h2>Rows</h2></div><div class="card-body"><${Chart} label="Rows of each load" times=${times} values=${loads.map((run) => run.load?.rows ?? null)} format=${number} /></div></section>
    ${loads.some((run) => run.bytes !== undefined) && html`<section class="card"><div class="card-head"><h2>Bytes read</h2></div><div class="card-body"><${Chart} label="Bytes that each load read" times=${times} values=${loads.map((run) => run.bytes ?? null)} format=${bytes} /></div></section>`}
    <section class="card"><div class="card-head"><h2>Duration</h2></div><div class="card-body"><${Chart} label="Duration of each load" times=${times} values=${loads.map((run) => run.duration_ms)} format=${duration} /></div></section>
  </div>`;
}

/** @param {{checks: any[]}} props */
const Checks = ({ checks }) => html`<div class="scroll-x" tabindex="0" role="group" aria-label="Checks"><table class="plain lined"><thead><tr><th>Check</th><th>Found</th><th>Expected</th></tr></thead><tbody>
  ${checks.map((check) => html`<tr><td><${Status} status=${check.passed ? "succeeded" : "failed"} text=${check.name} /></td><td class="why">${check.found}</td><td class="why soft">${check.expected}</td></tr>`)}
</tbody></table></div>`;

/** @param {{of: any}} props the latest load that is published */
function Evidence({ of }) {
  const evidence = useResource(`/runs/${encodeURIComponent(of.run)}/evidence?table=${encodeURIComponent(of.key)}`, { when: () => false });
  const table = evidence.data?.items[0];
  const checks = told(table, "checks") ?? [];
  return html`<section class="card"><div class="card-head"><h2>What readers see</h2></div><div class="card-body">
    <dl class="facts">
      <div><dt>Rows</dt><dd>${number(of.load.rows)}</dd></div>
      <div><dt>As of</dt><dd><${Time} at=${of.load.as_of ?? of.load.published} seconds /></dd></div>
      <div><dt>Published</dt><dd><${Time} at=${of.load.published} seconds /></dd></div>
      <div><dt>By the run</dt><dd><a href=${at("runs", of.run)}>${of.name || of.run}</a></dd></div>
      <div><dt>Bytes read</dt><dd>${bytes(told(table, "bytes"))}</dd></div>
      <div><dt>Published by</dt><dd>${told(table, "strategy") ?? "–"}</dd></div>
    </dl></div>
    ${checks.length > 0 && html`<${Checks} checks=${checks} />`}
    ${table?.steps?.length > 0 && html`<${Steps} steps=${table.steps} />`}
  </section>`;
}

/** @param {any} found of a step what it compared, in words */
function proofOf(found) {
  if (found?.equal !== undefined && found.source && found.target) return `${found.equal ? "equal" : "different"}: ${number(found.source.rows)} rows in the source, ${number(found.target.rows)} in the target`;
  return found?.rows === undefined ? "" : `${number(found.rows)} rows`;
}

/** @param {{steps: any[]}} props each step with what it found */
const Steps = ({ steps }) => html`<div class="scroll-x" tabindex="0" role="group" aria-label="Evidence"><table class="plain lined">
  <thead><tr><th>Step</th><th>When</th><th>Found</th><th>Digest</th></tr></thead>
  <tbody>${steps.map((step) => html`<tr key=${step.state}><td class="once"><${Status} status=${step.status} text=${step.state} />${step.attempts > 1 && html` <span class="soft small">${plural(step.attempts, "attempt")}</span>`}</td>
    <td class="once"><${Time} at=${step.at} seconds /></td><td class="why">${proofOf(step.found)}</td><td class="mono digest">${step.found?.digest ?? step.found?.target?.digest ?? ""}</td></tr>`)}</tbody>
</table></div>`;

/** @param {{of: any}} props a run whose comparison found differing rows */
function Differing({ of }) {
  const run = useResource(`/runs/${encodeURIComponent(of.run)}`, { when: () => false });
  const table = run.data?.tables?.find((/** @type {any} */ each) => each.key === of.key);
  const rows = differingOf(table?.failure);
  if (rows.length === 0) return null;
  return html`<section class="card"><div class="card-head"><h2>Differing keys</h2><span class="soft">up to five, of the run <a href=${at("runs", of.run)}>${of.name || of.run}</a></span></div>
    <table class="plain"><thead><tr><th>Row</th><th>In the target</th></tr></thead><tbody>${rows.map((each) => html`<tr key=${each.row}><td class="mono">${each.row}</td><td>${each.difference}</td></tr>`)}</tbody></table></section>`;
}

/** @param {{runs: any[]}} props */
function Drifts({ runs }) {
  const drifts = driftsOf(runs);
  if (drifts.length === 0) return null;
  return html`<section class="card"><div class="card-head"><h2>Drift of the source</h2></div><div class="scroll-x" tabindex="0" role="group" aria-label="Drift of the source"><table class="plain">
    <thead><tr><th>First seen</th><th>Until</th><th>What had changed</th></tr></thead>
    <tbody>${drifts.map((drift) => html`<tr key=${drift.first.run}><td class="once"><a href=${at("runs", drift.first.run)}><${Time} at=${drift.first.started} /></a>${drift.runs > 1 && html` <span class="soft small">${plural(drift.runs, "run")}</span>`}</td>
      <td class="once">${drift.until ? html`<a href=${at("runs", drift.until.run)}><${Time} at=${drift.until.started} /></a>` : html`<${Status} status="failed" text="not accepted yet" />`}</td><td class="why">${drift.message}</td></tr>`)}</tbody>
  </table></div></section>`;
}

/** @param {{runs: any[]}} props */
const History = ({ runs }) => html`<section class="card"><div class="card-head"><h2>Loads</h2></div><div class="scroll-x" tabindex="0" role="group" aria-label="Loads"><table class="plain">
  <thead><tr><th>Run</th><th>Status</th><th>Started</th><th class="num">Rows</th><th class="num">Read</th><th class="num">Took</th><th>Why not</th></tr></thead>
  <tbody>${runs.map((run) => html`<tr key=${run.run}>
    <td class="once"><a href=${at("runs", run.run)}>${run.name || run.run}</a></td><td><${Status} status=${run.status} /></td><td class="once"><${Time} at=${run.started} /></td>
    <td class="num">${number(run.load?.rows)}</td><td class="num">${bytes(run.bytes)}</td><td class="num">${duration(run.duration_ms)}</td><td class="why">${run.message ?? run.error ?? ""}</td></tr>`)}</tbody>
</table></div></section>`;

/** @param {{runs: any[], name: string}} props */
function Page({ runs, name }) {
  const loaded = runs.find((run) => run.load);
  const failure = failureOf(runs[0]);
  return html`<${Head} title=${name} lead=${html`<${Status} status=${runs[0].status} text=${failure ? "the latest load was refused" : `latest load ${runs[0].status}`} />`} />
    <div class="stack">
      ${failure && html`<${FailureBox} failure=${failure} title="Why it was refused"><div class="bar"><a class="button tiny" href=${at("runs", runs[0].run)}>Open the run</a>${failure.code && html`<${Command} text=${`orch explain ${failure.code}`} />`}</div><//>`}
      ${failure?.error === "Audit.Different" && html`<${Differing} of=${runs[0]} />`}
      ${loaded && html`<${Evidence} key=${loaded.run} of=${loaded} />`}
      <${Charts} runs=${runs} />
      <${Drifts} runs=${runs} />
      <${History} runs=${runs} />
      <${Command} text=${`orch tables ${quoted(name)}`} />
    </div>`;
}

/** @param {{name: string}} props */
export function TablePage({ name }) {
  const runs = useResource(`/tables/${encodeURIComponent(name)}/runs?limit=60`);
  return html`<${Loaded} of=${runs} title=${name}>${(/** @type {any} */ data) => (data.items.length === 0
    ? html`<${Head} title=${name} /><div class="card"><${Empty} title="No run has worked on this table" command="orch tables">Its key may be spelled in another way: the list of tables has them all.<//></div>`
    : html`<${Page} runs=${data.items} name=${name} />`)}<//>`;
}
