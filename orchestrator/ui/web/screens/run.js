// One run: what went wrong first, then how far it is.
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { duration, number, plural } from "../data/format.js";
import { useNow, useResource } from "../data/resource.js";
import { follow } from "../data/live.js";
import { at } from "../data/router.js";
import { wordOf } from "../data/run_commands.js";
import { Command, Empty, FailureBox, Loaded, Tabs, Time } from "../parts/basics.js";
import { Json } from "../parts/json.js";
import { Shape, Status } from "../parts/status.js";
import { Strip } from "../parts/strip.js";
import { Actions, RedoButton } from "./run_actions.js";
import { Events, GraphTab, States, Timeline } from "./run_events.js";
import { Waits } from "./run_waits.js";
import { lasted, trouble } from "./runs.js";

const tabs = [
  { id: "", name: "Overview" },
  { id: "graph", name: "Graph" },
  { id: "timeline", name: "Timeline" },
  { id: "states", name: "States" },
  { id: "events", name: "Events" },
  { id: "data", name: "Input and output" },
];

/** @param {any} run what failed, each once: tables by key, then states, then the run */
function failuresOf(run) {
  const tables = (run.tables ?? []).filter((/** @type {any} */ table) => table.failure && table.status === "failed");
  if (tables.length > 0) return tables.map((/** @type {any} */ table) => ({ title: table.key, table: table.key, failure: table.failure }));
  const states = (run.states ?? []).filter((/** @type {any} */ line) => line.failure && line.status === "failed" && line.type !== "Map" && line.type !== "Parallel");
  if (states.length > 0) return states.map((/** @type {any} */ line) => ({ title: `State ${line.name}`, state: line.name, failure: line.failure }));
  if (run.failure) return [{ title: "The run", failure: run.failure }];
  return run.error ? [{ title: "The run", failure: { error: run.error, message: run.cause ?? "", cause: run.cause ?? "" } }] : [];
}

/** @param {{run: any}} props */
function Failures({ run }) {
  const failures = failuresOf(run);
  if (failures.length === 0) return null;
  return html`<section class="stack" aria-label="What failed">
    ${failures.slice(0, 50).map((/** @type {any} */ each) => html`<${FailureBox} key=${each.title} failure=${each.failure} title=${each.title}>
      <div class="bar">
        ${each.table && html`<${RedoButton} run=${run} table=${each.table} />`}
        ${each.table && html`<a class="button tiny" href=${at("tables", each.table)}>The table's history</a>`}
        ${each.table && html`<a class="button tiny" href=${`${at("runs", run.run, "events")}?table=${encodeURIComponent(each.table)}`}>Its events</a>`}
        ${each.state && html`<a class="button tiny" href=${`${at("runs", run.run, "states")}?state=${encodeURIComponent(each.state)}`}>Its input and output</a>`}
        ${each.failure.code && html`<${Command} text=${`orch explain ${each.failure.code}`} />`}
      </div>
    <//>`)}
    ${failures.length > 50 && html`<p class="soft">and ${plural(failures.length - 50, "more failure")}</p>`}
  </section>`;
}

/** @param {{table: any, run: any}} props */
function TableLine({ table, run }) {
  const progress = table.progress;
  const share = progress?.expected_rows ? Math.min(1, progress.rows / progress.expected_rows) : null;
  const done = table.status === "succeeded";
  const rate = table.rows_per_second;
  const left = share !== null && rate ? ((progress.expected_rows - progress.rows) / rate) * 1000 : null;
  return html`<div class="table-line">
    <span class="mark"><${Shape} status=${table.status} /><a class="cut" href=${at("tables", table.key)}>${table.key}</a></span>
    <span>${table.failure && !done ? html`<span class="cut tone-bad" title=${table.failure.message}>${table.failure.message}</span>`
      : progress && !done ? html`<span class="meter"><div style=${`width: ${100 * (share ?? 0)}%`} /></span><span class="soft small">${progress.phase}${left !== null ? `, ${duration(left)} left` : ""}</span>`
        : html`<span class="soft cut">${(table.steps ?? []).map((/** @type {any} */ step) => step.state).join(" → ")}</span>`}</span>
    <span class="num">${number(progress && !done ? progress.rows : table.rows)}<span class="soft small"> rows</span></span>
    <span class="num soft">${rate ? `${number(Math.round(rate))}/s` : ""}</span>
    <span class="num soft">${duration(table.duration_ms)}${table.attempts > 1 ? ` · ${table.attempts}×` : ""}</span>
    <span class="num"><${RedoButton} run=${run} table=${table.key} /></span>
  </div>`;
}

/** @param {{run: any}} props */
const TablesOf = ({ run }) => (run.tables?.length ? html`<section class="card">
  <div class="card-head"><h2>${plural(run.tables.length, "table")}</h2><span class="soft">${plural(run.tables.filter((/** @type {any} */ table) => table.status === "succeeded").length, "succeeded", "succeeded")}, ${number(run.tables.reduce((/** @type {number} */ sum, /** @type {any} */ table) => sum + (table.rows ?? 0), 0))} rows</span></div>
  ${[...run.tables].sort((a, b) => rank(a) - rank(b)).map((table) => html`<${TableLine} key=${table.key} table=${table} run=${run} />`)}
</section>` : null);

/** @param {any} table */
const rank = (table) => ["failed", "retrying", "running", "waiting", "caught", "aborted", "succeeded"].indexOf(table.status);

/** @param {{map: any}} props a distributed map: how many children stand how, and which failed */
function MapRun({ map }) {
  const { total, succeeded, failed, running, aborted } = map.children;
  const items = map.items ?? total;
  const parts = [["succeeded", succeeded], ["failed", failed], ["running", running], ["stopped", aborted]].filter(([, count]) => count > 0);
  return html`<section class="card"><div class="card-head"><h2>${map.name.replace(/:[^:]*$/, "")}: ${plural(items, "item")}${total === items ? "" : ` in ${plural(total, "child run")}`}</h2><span class="soft">${total > 0 ? `${Math.floor((100 * (total - running)) / total)} % done` : ""}</span></div>
    <div class="card-body stack">
      ${map.strip.children > 1 ? html`<${Strip} strip=${map.strip} />` : html`<div class="share tall" aria-hidden="true">${parts.map(([status, count]) => html`<div class=${`fill-${status === "stopped" ? "idle" : status}`} style=${`flex: ${count}`} />`)}</div>`}
      <div class="legend">${parts.map(([status, count]) => html`<${Status} status=${status} text=${`${number(count)} ${status}`} />`)}</div>
    </div>
    ${map.failures.length > 0 && html`<div class="scroll-x" tabindex="0" role="group" aria-label="The first children that failed"><table class="plain lined"><thead><tr><th class="num">Child</th><th>Why</th><th>When</th></tr></thead>
      <tbody>${map.failures.map((/** @type {any} */ child) => html`<tr key=${child.run}><td class="num"><a href=${at("runs", child.run)}>${number(child.index)}</a></td><td class="why">${trouble(child)}</td><td class="once"><${Time} at=${child.ended} seconds /></td></tr>`)}</tbody></table></div>${failed > map.failures.length && html`<p class="card-body soft small">The first ${number(map.failures.length)} of ${plural(failed, "failure")}, by index.</p>`}`}
  </section>`;
}

/** @param {{run: any}} props */
function Maps({ run }) {
  const distributed = (run.states ?? []).some((/** @type {any} */ line) => line.children);
  const maps = useResource(distributed ? `/runs/${encodeURIComponent(run.run)}/map-runs` : null, { when: (news) => concerns(news, run.run) });
  return (maps.data?.items ?? []).map((/** @type {any} */ map) => html`<${MapRun} key=${map.event} map=${map} />`);
}

/** @param {{run: any}} props */
const StatesOf = ({ run }) => (run.states?.length ? html`<section class="card"><div class="card-head"><h2>States</h2></div><div class="scroll-x" tabindex="0" role="group"><table class="plain">
  <thead><tr><th>State</th><th>Status</th><th class="num">Entered</th><th class="num">Attempts</th><th>Last</th></tr></thead>
  <tbody>${run.states.map((/** @type {any} */ line) => html`<tr key=${line.name}>
    <td><span class=${`depth-${Math.min(line.depth, 4)}`}><a href=${`${at("runs", run.run, "states")}?state=${encodeURIComponent(line.name)}`}>${line.name}</a> <span class="soft small">${line.type}</span></span></td>
    <td><${Status} status=${line.status} /></td><td class="num">${number(line.entered)}</td><td class="num">${line.attempts ? number(line.attempts) : ""}</td><td><${Time} at=${line.last} seconds /></td></tr>`)}</tbody>
</table></div></section>` : null);

/** @param {{run: any}} props */
const Overview = ({ run }) => html`<div class="stack">
  <${Failures} run=${run} />
  <${Waits} run=${run} />
  ${run.set_aside && html`<div class="problem warn"><h2>Set aside</h2><p>${run.set_aside}</p><p class="hint">It goes on when you resume it.</p></div>`}
  <${TablesOf} run=${run} />
  <${Maps} run=${run} />
  <${StatesOf} run=${run} />
</div>`;

/** @param {{run: any, now: number, again: () => void}} props */
function RunHead({ run, now, again }) {
  return html`<header class="run-head">
    <div class="run-title"><h1>${run.name || run.run}</h1><${Status} status=${wordOf(run)} /></div>
    <dl class="facts">
      <div><dt>Workflow</dt><dd><a href=${`/ui/runs?workflow=${encodeURIComponent(run.workflow)}`}>${run.workflow}</a></dd></div>
      ${run.pipeline && html`<div><dt>Pipeline</dt><dd><a href=${at("grid", run.pipeline)}>${run.pipeline}</a></dd></div>`}
      <div><dt>Started</dt><dd><${Time} at=${run.started} seconds /></dd></div>
      <div><dt>${run.ended ? "Took" : "For"}</dt><dd>${duration(lasted(run, now))}</dd></div>
      <div><dt>Resumed</dt><dd>${run.redrives ? plural(run.redrives, "time") : "never"}</dd></div>
      <div><dt>Id</dt><dd class="mono">${run.run}</dd></div>
    </dl>
    <${Actions} run=${run} again=${again} />
  </header>`;
}

/** @param {{id: string, tab: string, query: URLSearchParams}} props */
export function RunPage({ id, tab, query }) {
  const run = useResource(`/runs/${encodeURIComponent(id)}`, { when: (news) => concerns(news, id) });
  useEffect(() => {
    follow(id);
    return () => follow("");
  }, [id]);
  const now = useNow(1000);
  return html`<${Loaded} of=${run} title=${id}>${(/** @type {any} */ data) => html`
    <${RunHead} run=${data} now=${now} again=${run.again} />
    <${Tabs} label="Parts of the run" tabs=${tabs.map((each) => ({ name: each.name, href: each.id ? at("runs", id, each.id) : at("runs", id), current: each.id === tab }))} />
    ${tab === "" && html`<${Overview} run=${data} />`}
    ${tab === "graph" && html`<${GraphTab} run=${data} />`}
    ${tab === "timeline" && html`<${Timeline} run=${data} now=${now} />`}
    ${tab === "states" && html`<${States} run=${data} query=${query} />`}
    ${tab === "events" && html`<${Events} run=${data} query=${query} />`}
    ${tab === "data" && html`<div class="columns"><${Json} title="Input" value=${data.input} /><${Json} title="Output" value=${data.output} /></div>`}
    ${!tabs.some((each) => each.id === tab) && html`<${Empty} title="A run has no such part" />`}`}<//>`;
}

/** @param {import("../data/live.js").News} news @param {string} id */
export const concerns = (news, id) => !news.data || !news.data.run || news.data.run === id || news.data.name === id;
