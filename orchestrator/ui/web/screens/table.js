// One table over its runs: rows, duration, checks, why it failed.
import { html } from "../html.js";
import { bytes, duration, number } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { verdict } from "../data/verdict.js";
import { Command, Empty, FailureBox, Head, Loaded, Time } from "../parts/basics.js";
import { Chart } from "../parts/chart.js";
import { Status } from "../parts/status.js";

/** @param {any} run @param {string} member */
const outputOf = (run, member) => (run.steps ?? []).map((/** @type {any} */ step) => step.output?.[member]).find((/** @type {any} */ value) => value !== undefined);

/** @param {any} run */
const checksOf = (run) => outputOf(run, "checks") ?? [];

/** @param {{runs: any[]}} props the newest first */
function Charts({ runs }) {
  const loads = [...runs].reverse();
  const times = loads.map((run) => Date.parse(run.started) / 1000);
  return html`<div class="columns">
    <section class="card"><div class="card-head"><h2>Rows</h2></div><div class="card-body"><${Chart} label="Rows of each load" times=${times} values=${loads.map((run) => run.load?.rows ?? null)} format=${number} /></div></section>
    <section class="card"><div class="card-head"><h2>Duration</h2></div><div class="card-body"><${Chart} label="Duration of each load" times=${times} values=${loads.map((run) => run.duration_ms)} format=${duration} /></div></section>
  </div>`;
}

/** @param {{run: any}} props */
const Evidence = ({ run }) => {
  const as = run.load;
  const digest = outputOf(run, "digest");
  return html`<section class="card"><div class="card-head"><h2>What readers see</h2></div><div class="card-body stack">
    <dl class="facts">
      <div><dt>Rows</dt><dd>${number(as?.rows)}</dd></div>
      <div><dt>As of</dt><dd><${Time} at=${as?.as_of ?? as?.published} seconds /></dd></div>
      <div><dt>Published</dt><dd><${Time} at=${as?.published} seconds /></dd></div>
      <div><dt>Bytes read</dt><dd>${bytes(outputOf(run, "bytes"))}</dd></div>
      <div><dt>By the run</dt><dd><a href=${at("runs", run.run)}>${run.name}</a></dd></div>
      ${digest && html`<div><dt>Digest of the rows</dt><dd class="mono">${digest}</dd></div>`}
    </dl></div>
    ${checksOf(run).length > 0 && html`<div class="scroll-x" tabindex="0" role="group"><table class="plain lined"><thead><tr><th>Check</th><th>Found</th><th>Expected</th></tr></thead><tbody>
      ${checksOf(run).map((/** @type {any} */ check) => html`<tr><td><${Status} status=${check.passed ? "succeeded" : "failed"} text=${check.name} /></td><td>${check.found}</td><td class="soft">${check.expected}</td></tr>`)}
    </tbody></table></div>`}
  </section>`;
};

/** @param {{runs: any[]}} props */
const History = ({ runs }) => html`<section class="card"><div class="card-head"><h2>Loads</h2></div><div class="scroll-x" tabindex="0" role="group"><table class="plain">
  <thead><tr><th>Run</th><th>Status</th><th>Started</th><th class="num">Rows</th><th class="num">Took</th><th>Why not</th></tr></thead>
  <tbody>${runs.map((run) => html`<tr key=${run.run}>
    <td class="once"><a href=${at("runs", run.run)}>${run.name}</a></td><td><${Status} status=${run.status} /></td><td><${Time} at=${run.started} /></td>
    <td class="num">${number(run.load?.rows)}</td><td class="num">${duration(run.duration_ms)}</td><td>${run.failure?.message ?? ""}</td></tr>`)}</tbody>
</table></div></section>`;

/** @param {{name: string, path: string[], query: URLSearchParams}} props */
export function TablePage({ name }) {
  const runs = useResource(`/tables/${encodeURIComponent(name)}?limit=60`);
  return html`<${Loaded} of=${runs}>${(/** @type {any} */ data) => {
    const items = data.items;
    if (items.length === 0) return html`<${Head} title=${name} /><div class="card"><${Empty} title="No run has worked on this table" command="orch tables" /></div>`;
    const loaded = items.find((/** @type {any} */ run) => run.load);
    const before = items.filter((/** @type {any} */ run) => run.load)[1];
    const state = verdict({ ...items[0], load: loaded?.load, load_before: before?.load });
    return html`<${Head} title=${name} lead=${html`<${Status} status=${state.status} text=${state.words} />`} />
      <div class="stack">
        ${items[0].failure && html`<${FailureBox} failure=${items[0].failure} title="Why it was refused"><div class="bar"><a class="button" href=${at("runs", items[0].run)}>Open the run</a></div><//>`}
        ${loaded && html`<${Evidence} run=${loaded} />`}
        <${Charts} runs=${items} />
        <${History} runs=${items} />
        <${Command} text=${`orch tables ${name}`} />
      </div>`;
  }}<//>`;
}
