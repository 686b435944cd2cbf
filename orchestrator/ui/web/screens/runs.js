// All runs, the newest first, in pages that are read as the list is scrolled.
import { html, classes } from "../html.js";
import { query as queryOf } from "../data/api.js";
import { duration, plural } from "../data/format.js";
import { useNow, usePages } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { wordOf } from "../data/run_commands.js";
import { Command, Empty, Head, Loaded, Search, Time } from "../parts/basics.js";
import { Cell, Rows } from "../parts/rows.js";
import { look } from "../data/status.js";
import { Shape, Status } from "../parts/status.js";
import { RunPage } from "./run.js";

const choices = [
  { value: "", name: "All" },
  { value: "failed,timed_out", name: "Failed" },
  { value: "running,waiting", name: "Under way" },
  { value: "paused,set_aside,stopped", name: "Stopped or paused" },
  { value: "succeeded", name: "Succeeded" },
];
const pageSize = 200;

/** @param {any} run @param {number} now */
export const lasted = (run, now) => (run.ended ? run.duration_ms : now - Date.parse(run.started));

/** @param {any} run why it has failed or waits, in one line */
export function trouble(run) {
  if (run.set_aside) return run.set_aside;
  if (!run.error) return "";
  try {
    const cause = JSON.parse(run.cause ?? "");
    return `${run.error}: ${cause.message ?? run.cause}`;
  } catch {
    return run.cause ? `${run.error}: ${run.cause}` : run.error;
  }
}

/** @param {any} run @param {(text: any) => any} link @param {number} now */
const wideCells = (run, link, now) => html`
  <${Cell}><${Status} status=${wordOf(run)} /><//>
  <${Cell}>${link(run.name || run.run)}<//>
  <${Cell} class="soft">${run.pipeline ?? run.workflow}<//>
  <${Cell}><${Time} at=${run.started} /><//>
  <${Cell} class="num">${duration(lasted(run, now))}<//>
  <${Cell} class=${run.error ? `tone-${look(wordOf(run)).tone}` : "soft"} title=${trouble(run)}>${trouble(run)}<//>`;

/** @param {any} run @param {(text: any) => any} link @param {number} now */
const narrowCells = (run, link, now) => html`
  <${Cell} class="two">
    <span><${Shape} status=${wordOf(run)} /><span class="cut grow">${link(run.name || run.run)}</span><span class="soft small"><${Time} at=${run.started} /> · ${duration(lasted(run, now))}</span></span>
    <span class=${classes("cut small", run.error ? `tone-${look(wordOf(run)).tone}` : "soft")}>${trouble(run) || run.workflow}</span>
  <//>`;

/** @param {{query: URLSearchParams}} props */
function AllRuns({ query }) {
  const status = query.get("status") ?? "";
  const name = query.get("q") ?? "";
  const workflow = query.get("workflow") ?? "";
  const filter = queryOf({ limit: pageSize, status, name, workflow });
  const runs = usePages(`/runs${filter}`, (run) => run.run);
  const now = useNow(1000);
  const chosen = status || name || workflow;
  return html`
    <${Head} title="Runs" lead="Every run of every workflow, the newest first." />
    <div class="bar tools">
      <${Search} value=${name} label="Search by name" onInput=${(/** @type {string} */ q) => choose({ q })} />
      <div class="chips" role="group" aria-label="Which runs">${choices.map((each) => html`<button class="chip" aria-pressed=${status === each.value} onClick=${() => choose({ status: each.value })}>${each.name}</button>`)}</div>
      ${workflow && html`<button class="chip" aria-pressed="true" onClick=${() => choose({ workflow: null })}>of ${workflow} ×</button>`}
    </div>
    <${Loaded} of=${runs}>${(/** @type {any} */ data) => {
      const items = [...data.items, ...runs.more];
      if (items.length === 0) return html`<div class="card">${chosen
        ? html`<${Empty} title="No run is like that">Choose All, or search for another name.<//>`
        : html`<${Empty} title="Nothing has run yet" command="orch submit replicate --input '{&quot;catalog&quot;:&quot;catalog.json&quot;}'">A run starts when you submit a workflow. The shipped one replicates the tables of a catalog.<//>`}</div>`;
      return html`<${Rows} items=${items} label="Runs" columns="7.5rem minmax(9rem, 18rem) minmax(6rem, 12rem) 9.5rem 7rem minmax(8rem, 1fr)" narrow="minmax(0, 1fr)"
        head=${[{ name: "Status" }, { name: "Run" }, { name: "Workflow" }, { name: "Started" }, { name: "Took", num: true }, { name: "Error" }]}
        id=${(/** @type {any} */ run) => run.run} href=${(/** @type {any} */ run) => at("runs", run.run)} onEnd=${runs.load} total=${runs.done ? items.length : -2}
        cells=${(/** @type {any} */ run, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow ? narrowCells(run, link, now) : wideCells(run, link, now))} />
        <p class="soft small same" role="status">${plural(items.length, "run")}${runs.done ? "" : " so far"}</p>`;
    }}<//>
    <p class="same"><${Command} text=${`orch status${status.startsWith("failed") ? " --failed" : ""}${workflow ? ` --workflow ${workflow}` : ""}`} /></p>`;
}

/** @param {{path: string[], query: URLSearchParams}} props */
export function Runs({ path, query }) {
  return path.length > 0
    ? html`<${RunPage} key=${path[0]} id=${path[0]} tab=${path[1] ?? ""} query=${query} />`
    : html`<${AllRuns} query=${query} />`;
}
