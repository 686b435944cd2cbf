// A run by its events: the graph, the timeline, each state's input and output, the list itself.
import { useEffect, useMemo, useState } from "preact/hooks";
import { html, classes } from "../html.js";
import { ask, query as queryOf } from "../data/api.js";
import { duration, moment, plural } from "../data/format.js";
import { listen } from "../data/live.js";
import { useResource } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { quoted } from "../data/shell.js";
import { detailsOf, parsed, visitsOf } from "../data/visits.js";
import { Command, Dialog, Empty, Loaded, ProblemBox } from "../parts/basics.js";
import { Gantt } from "../parts/gantt.js";
import { Graph } from "../parts/graph.js";
import { Json, JsonDiff } from "../parts/json.js";
import { Cell, Rows } from "../parts/rows.js";
import { Shape, Status } from "../parts/status.js";
import { Waits } from "./run_waits.js";

const pageSize = 1000;
const most = 25_000;

/**
 * All events of a run, page by page; new ones are added as they come.
 * @param {any} run
 * @param {{failures?: string, state?: string, table?: string}} [filter]
 */
function useEvents(run, filter = {}) {
  const path = `/runs/${encodeURIComponent(run.run)}/events${queryOf({ limit: pageSize, ...filter })}`;
  const [state, set] = useState(/** @type {{path: string, items: any[], done: boolean, problem: any}} */ ({ path, items: [], done: false, problem: null }));
  useEffect(() => {
    let over = false;
    let busy = false;
    /** @type {any[]} */
    let items = [];
    // The last page is read again for what has come since: it grows at its end.
    let last = "";
    let before = 0;
    const read = async () => {
      if (busy || over) return;
      busy = true;
      try {
        let more = true;
        while (more && !over && items.length < most) {
          const page = await ask(path + (last ? `&cursor=${encodeURIComponent(last)}` : ""));
          items = [...items.slice(0, before), ...page.items];
          more = Boolean(page.next);
          if (more) {
            last = page.next;
            before = items.length;
          }
          if (!over) set({ path, items, done: !more, problem: null });
        }
      } catch (problem) {
        if (!over) set((last) => ({ ...last, path, problem }));
      }
      busy = false;
    };
    read();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const quiet = listen((news) => {
      if (news.data?.run && news.data.run !== run.run) return;
      clearTimeout(timer);
      timer = setTimeout(read, 500);
    });
    return () => {
      over = true;
      clearTimeout(timer);
      quiet();
    };
  }, [path]);
  return state.path === path ? state : { path, items: [], done: false, problem: null };
}

/** @param {{events: {items: any[], done: boolean, problem: any}, children: (items: any[]) => any}} props */
function Known({ events, children }) {
  if (events.problem && events.items.length === 0) return html`<${ProblemBox} problem=${events.problem} />`;
  if (!events.done && events.items.length === 0) return html`<div class="skeleton" role="status"><span class="unseen">Loading</span></div>`;
  return html`${events.items.length >= most && html`<p class="soft">The first ${plural(most, "event")} are shown.</p>`}${children(events.items)}`;
}

/** @param {{run: any}} props */
export function GraphTab({ run }) {
  const graph = useResource(`/runs/${encodeURIComponent(run.run)}/graph`, { when: () => false });
  const events = useEvents(run);
  const { edges } = useMemo(() => visitsOf(events.items), [events.items]);
  return html`<${Loaded} of=${graph}>${(/** @type {any} */ data) => html`
    <${Graph} graph=${data} states=${run.states ?? []} edges=${edges} href=${(/** @type {string} */ state) => `${at("runs", run.run, "states")}?state=${encodeURIComponent(state)}`} />
    <p class="same legend"><span>Bold: taken</span><span>Dashed: a Catch</span><span>Dotted: into a branch or an iteration</span><span>Choose a state to see its input and output</span></p>
    <${Command} text=${`orch graph ${quoted(run.name || run.run)} -O run.svg`} />`}<//>`;
}

/** @param {{run: any, now: number}} props */
export function Timeline({ run, now }) {
  const events = useEvents(run);
  const { visits } = useMemo(() => visitsOf(events.items), [events.items]);
  return html`<${Known} events=${events}>${() => html`<div class="stack"><${Waits} run=${run} /><section class="card"><${Gantt} visits=${visits} now=${run.ended ? Date.parse(run.ended) : now} over=${Boolean(run.ended)}
      href=${(/** @type {import("../data/visits.js").Visit} */ visit) => `${at("runs", run.run, "states")}${queryOf({ state: visit.state, visit: visit.id })}`} /></section></div>
    <p class="same legend"><span><i class="gantt-key ok" />succeeded</span><span><i class="gantt-key bad" />failed</span><span><i class="gantt-key run" />under way</span><span><i class="gantt-key wait" />waits for a worker or a slot</span><span><i class="gantt-key pause" />before the next attempt</span><span><b>3×</b> attempts</span></p>`}<//>`;
}

/** @param {{visit: import("../data/visits.js").Visit}} props what was tried again, and why */
const Attempts = ({ visit }) => html`<section class="card"><div class="card-head"><h2>${plural(visit.attempts.length, "attempt")}</h2></div><div class="scroll-x" tabindex="0" role="group" aria-label="Attempts"><table class="plain">
  <thead><tr><th class="num">Attempt</th><th>End</th><th>Began</th><th class="num">Waited</th><th class="num">Took</th></tr></thead>
  <tbody>${visit.attempts.map((attempt, index) => html`<tr key=${index}><td class="num">${index + 1}</td><td><${Status} status=${attempt.to === null ? "running" : attempt.tone === "bad" ? "failed" : attempt.tone === "idle" ? "stopped" : "succeeded"} text=${attempt.error || undefined} /></td>
    <td class="once">${moment(new Date(attempt.from).toISOString(), true)}</td><td class="num">${attempt.started === null ? "–" : duration(attempt.started - attempt.from)}</td><td class="num">${attempt.to === null ? "–" : duration(attempt.to - (attempt.started ?? attempt.from))}</td></tr>`)}</tbody>
</table></div></section>`;

/** @param {{visit: import("../data/visits.js").Visit}} props */
function Visit({ visit }) {
  const [view, setView] = useState("both");
  const input = parsed(visit.input);
  const output = parsed(visit.output);
  const cause = parsed(visit.cause || undefined);
  return html`<div class="stack">
    <div class="bar"><h2>${visit.state} <span class="soft">${visit.item}</span></h2><${Status} status=${visit.status} /><span class="soft">${[visit.to ? duration(visit.to - visit.from) : "", visit.attempts.length > 1 ? plural(visit.attempts.length, "attempt") : ""].filter(Boolean).join(", ")}</span></div>
    ${visit.error && html`<div class="problem"><h2>${visit.error}</h2><p>${cause?.message ?? visit.cause}</p>${cause?.hint && html`<p class="hint">${cause.hint}</p>`}</div>`}
    ${visit.attempts.length > 1 && html`<${Attempts} visit=${visit} />`}
    <div class="chips" role="group" aria-label="How"><button class="chip" aria-pressed=${view === "both"} onClick=${() => setView("both")}>Input and output</button><button class="chip" aria-pressed=${view === "diff"} onClick=${() => setView("diff")}>Difference</button></div>
    ${view === "both" ? html`<${Json} title="Input" value=${input} /><${Json} title="Output" value=${output} />` : html`<${JsonDiff} title="Input → output" before=${input} after=${output} />`}
  </div>`;
}

/** @param {{run: any, query: URLSearchParams}} props */
export function States({ run, query }) {
  const events = useEvents(run);
  const { visits } = useMemo(() => visitsOf(events.items), [events.items]);
  const wanted = query.get("state") ?? "";
  const shown = wanted ? visits.filter((visit) => visit.state === wanted) : visits;
  const worst = shown.find((visit) => visit.status === "failed") ?? shown.find((visit) => visit.status === "caught") ?? shown[0];
  const chosen = shown.find((visit) => String(visit.id) === query.get("visit")) ?? worst;
  const names = [...new Set(visits.map((visit) => visit.state))];
  return html`<${Known} events=${events}>${() => html`<div class="split">
    <section class="stack">
      <label class="label">State<select class="field" value=${wanted} onChange=${(/** @type {any} */ event) => choose({ state: event.target.value, visit: null })}>
        <option value="">all</option>${names.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
      <div class="card"><ul class="visits">${shown.slice(0, 500).map((visit) => html`<li key=${visit.id}><button class=${classes("visit", visit === chosen && "chosen")} aria-pressed=${visit === chosen} onClick=${() => choose({ visit: String(visit.id) })}>
        <${Shape} status=${visit.status} /><span class="cut grow">${visit.state} <span class="soft">${visit.item}</span></span><span class="soft small">${visit.to ? duration(visit.to - visit.from) : ""}</span></button></li>`)}</ul></div>
      ${shown.length > 500 && html`<p class="soft">${plural(shown.length - 500, "more visit")}: choose a state.</p>`}
    </section>
    ${chosen ? html`<${Visit} key=${chosen.id} visit=${chosen} />` : html`<${Empty} title="No state has been entered yet" />`}
  </div>`}<//>`;
}

/** @param {any} event */
function toneOf(event) {
  if (/Failed|TimedOut/.test(event.type)) return "failed";
  if (/Succeeded$/.test(event.type)) return "succeeded";
  if (/Aborted/.test(event.type)) return "stopped";
  return /Redriven|Retr/.test(event.type) ? "retrying" : "none";
}

/** @param {any} event what it is about, in a few words */
function aboutOf(event) {
  const details = detailsOf(event);
  const parameters = parsed(details.parameters);
  return [details.name, details.resource, parameters?.table?.key ?? parameters?.key, details.error, details.index !== undefined ? `#${details.index}` : ""].filter((each) => typeof each === "string" && each).join(" · ");
}

/** @param {{run: any, query: URLSearchParams}} props */
export function Events({ run, query }) {
  const failures = query.get("failures") ?? "";
  const state = query.get("state") ?? "";
  const table = query.get("table") ?? "";
  const events = useEvents(run, { failures, state, table });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const command = `orch history ${run.name || run.run}${failures ? " --failures" : ""}${state ? ` --state '${state}'` : ""}${table ? ` --table '${table}'` : ""}`;
  const chosen = query.get("event");
  useEffect(() => setOpen(chosen ? events.items.find((event) => String(event.id) === chosen) ?? null : null), [chosen, events.items]);
  /** @param {any} event since the start */
  const after = (event) => duration(Date.parse(event.timestamp) - Date.parse(run.started));
  const here = at("runs", run.run, "events");
  /** @param {string} id */
  const hrefOf = (id) => here + queryOf({ failures, state, table, event: id });
  return html`
    <div class="bar tools">
      <div class="chips" role="group" aria-label="Which events"><button class="chip" aria-pressed=${!failures} onClick=${() => choose({ failures: null })}>All</button><button class="chip" aria-pressed=${Boolean(failures)} onClick=${() => choose({ failures: "true" })}>Failures</button></div>
      <select class="field pick" aria-label="State" value=${state} onChange=${(/** @type {any} */ event) => choose({ state: event.target.value })}><option value="">every state</option>${(run.states ?? []).map((/** @type {any} */ line) => html`<option value=${line.name}>${line.name}</option>`)}</select>
      ${run.tables?.length > 0 && html`<select class="field pick" aria-label="Table" value=${table} onChange=${(/** @type {any} */ event) => choose({ table: event.target.value })}><option value="">every table</option>${run.tables.map((/** @type {any} */ line) => html`<option value=${line.key}>${line.key}</option>`)}</select>`}
    </div>
    <${Known} events=${events}>${(/** @type {any[]} */ items) => (items.length === 0 ? html`<div class="card"><${Empty} title="No event is like that" /></div>` : html`<${Rows} items=${items} label="Events" tall=${3.5}
      columns="5rem minmax(12rem, 16rem) minmax(10rem, 1fr) 9rem 6rem" narrow="minmax(0, 1fr)" head=${[{ name: "Id" }, { name: "Event" }, { name: "About" }, { name: "Time", num: true }, { name: "After", num: true }]}
      id=${(/** @type {any} */ event) => String(event.id)} href=${(/** @type {any} */ event) => hrefOf(String(event.id))}
      cells=${(/** @type {any} */ event, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow
        ? html`<${Cell} class="two"><span><${Shape} status=${toneOf(event)} /><span class="cut grow">${link(event.type)}</span><span class="soft small">${after(event)}</span></span><span class="cut small soft">${aboutOf(event) || "–"}</span><//>`
        : html`<${Cell} class="soft">${event.id}<//><${Cell} class="mark"><${Shape} status=${toneOf(event)} /><span class="cut">${link(event.type)}</span><//><${Cell} class="soft">${aboutOf(event)}<//><${Cell} class="num soft">${moment(event.timestamp, true)}<//><${Cell} class="num soft">${after(event)}<//>`)} />`)}<//>
    <p class="same"><${Command} text=${command} /></p>
    ${open && html`<${Dialog} title=${`${open.type}, event ${open.id}`} onClose=${() => choose({ event: null })}><${Json} title="The event" value=${unfolded(open)} /><div class="bar"><button class="button main" onClick=${() => choose({ event: null })}>Close</button></div><//>`}`;
}

/** @param {any} event with its payloads as values */
function unfolded(event) {
  const details = detailsOf(event);
  /** @type {any} */
  const out = { ...event };
  for (const key of Object.keys(out)) {
    if (!key.endsWith("EventDetails")) continue;
    out[key] = { ...details };
    for (const member of ["input", "output", "parameters", "cause"]) if (typeof details[member] === "string") out[key][member] = parsed(details[member]);
  }
  return out;
}
