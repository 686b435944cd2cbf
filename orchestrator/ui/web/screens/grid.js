// Tables by runs: what fails, and when it does it again. A cell is a table's work in a run.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html, classes } from "../html.js";
import { query as queryOf } from "../data/api.js";
import { dayLabel, duration, exact, number, plural, weekdayOf } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { Command, Empty, Head, Loaded, Search } from "../parts/basics.js";
import { useNarrow, useSight } from "../parts/rows.js";
import { look } from "../data/status.js";
import { Shape } from "../parts/status.js";

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** @param {any} run */
const dayOf = (run) => (new Date(run.started).getDay() + 6) % 7;

/**
 * Without the runs that have worked on no table.
 * @param {any} grid
 */
function withTables(grid) {
  const kept = grid.runs.map((/** @type {any} */ _run, /** @type {number} */ index) => index).filter((/** @type {number} */ index) => grid.rows.some((/** @type {any} */ row) => row.cells[index]));
  return {
    runs: kept.map((/** @type {number} */ index) => grid.runs[index]),
    rows: grid.rows.map((/** @type {any} */ row) => ({ ...row, cells: kept.map((/** @type {number} */ index) => row.cells[index]) })),
  };
}

/** @param {any} cell */
const isBad = (cell) => cell && look(cell.status).tone === "bad";

/**
 * What the rows tell in words: which tables fail, and on which day.
 * @param {any} grid
 */
function findings(grid) {
  return grid.rows.map((/** @type {any} */ row) => {
    const bad = grid.runs.filter((/** @type {any} */ _run, /** @type {number} */ index) => isBad(row.cells[index]));
    const all = grid.runs.filter((/** @type {any} */ _run, /** @type {number} */ index) => row.cells[index]);
    const day = bad.length > 1 ? dayOf(bad[0]) : -1;
    const ofDay = all.filter((/** @type {any} */ run) => dayOf(run) === day);
    const weekly = day >= 0 && bad.every((/** @type {any} */ run) => dayOf(run) === day) && ofDay.length === bad.length && all.length > ofDay.length;
    return { key: row.key, bad: bad.length, all: all.length, text: weekly ? `fails every ${days[day]}` : `failed in ${number(bad.length)} of ${plural(all.length, "run")}` };
  }).filter((/** @type {any} */ each) => each.bad > 0).sort((/** @type {any} */ a, /** @type {any} */ b) => b.bad - a.bad);
}

/** @param {any} cell @param {any} run @param {string} key */
const cellTitle = (cell, run, key) => `${key}, ${run.name || run.run} (${exact(run.started)}): ${look(cell.status).word}${cell.rows !== undefined ? `, ${number(cell.rows)} rows` : ""}, ${duration(cell.duration_ms)}${cell.error ? `, ${cell.error}` : ""}`;

/** @param {{row: any, order: number[], runs: any[], index: number, active: {r: number, c: number}, top: number, height: number}} props */
const Line = ({ row, order, runs, index, active, top, height }) => html`<div class="grid-line" role="row" aria-rowindex=${index + 2} style=${`top: ${top}px; height: ${height}px`}>
  <span class="grid-key cut" role="rowheader"><a href=${at("tables", row.key)} title=${row.key}>${row.key}</a></span>
  ${order.map((run, place) => {
    const cell = row.cells[run];
    if (!cell) return html`<span role="cell" class="cell none" data-cell=${`${index},${place}`}><span class="unseen">not in this run</span></span>`;
    const { tone } = look(cell.status);
    return html`<span role="cell"><a class=${classes("cell", `wash-${tone}`, `tone-${tone}`)} data-cell=${`${index},${place}`} tabindex=${active.r === index && active.c === place ? 0 : -1}
      title=${cellTitle(cell, runs[run], row.key)} aria-label=${cellTitle(cell, runs[run], row.key)} href=${isBad(cell) ? `${at("runs", runs[run].run, "events")}?table=${encodeURIComponent(row.key)}&failures=true` : at("runs", runs[run].run)}><${Shape} status=${cell.status} /></a></span>`;
  })}
</div>`;

/** @param {{grid: any, rows: any[], byDay: boolean}} props */
function Cells({ grid, rows, byDay }) {
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const narrow = useNarrow();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = Math.round(2 * rem);
  const sight = useSight(body, rows.length, height);
  const order = grid.runs.map((/** @type {any} */ _run, /** @type {number} */ index) => index);
  if (byDay) order.sort((/** @type {number} */ a, /** @type {number} */ b) => dayOf(grid.runs[a]) - dayOf(grid.runs[b]) || a - b);
  const [active, setActive] = useState({ r: 0, c: order.length - 1 });
  const longest = Math.max(1, ...grid.runs.map((/** @type {any} */ _run, /** @type {number} */ index) => Math.max(0, ...grid.rows.map((/** @type {any} */ row) => row.cells[index]?.duration_ms ?? 0))));
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const steps = /** @type {Record<string, number[]>} */ ({ ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] });
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = /** @type {HTMLElement} */ (event.target).dataset?.cell?.split(",").map(Number);
    if (!from) return;
    event.preventDefault();
    let [r, c] = from;
    do {
      r += step[0];
      c += step[1];
    } while (rows[r] && c >= 0 && c < order.length && !rows[r].cells[order[c]]);
    if (!rows[r] || c < 0 || c >= order.length) return;
    setActive({ r, c });
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (body.current?.querySelector(`[data-cell="${r},${c}"]`))?.focus());
  };
  /** @param {number} place */
  const label = (place) => {
    const run = grid.runs[order[place]];
    const before = place > 0 ? grid.runs[order[place - 1]] : null;
    if (byDay) return !before || dayOf(before) !== dayOf(run) ? weekdayOf(run.started) : "";
    return !before || dayLabel(before.started) !== dayLabel(run.started) ? dayLabel(run.started) : "";
  };
  const scroll = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { if (scroll.current) scroll.current.scrollLeft = scroll.current.scrollWidth; }, [byDay]);
  return html`<div class="grid card" style=${`--key: ${narrow ? "7rem" : "13rem"}; --runs: ${order.length}`}>
    <div class="grid-scroll" tabindex="0" role="group" aria-label="Grid, the newest run last" ref=${scroll}><div class="grid-wide" role="table" aria-label="Tables by runs" aria-rowcount=${rows.length + 1}>
      <div class="grid-line grid-head" role="row" aria-rowindex="1"><span class="grid-key" role="columnheader">Table</span>
        ${order.map((/** @type {number} */ run, /** @type {number} */ place) => {
          const head = grid.runs[run];
          const most = Math.max(0, ...grid.rows.map((/** @type {any} */ row) => row.cells[run]?.duration_ms ?? 0));
          return html`<span role="columnheader" class="grid-run"><span class="grid-day">${label(place)}</span><a href=${at("runs", head.run)} tabindex="-1" class=${`fill-${look(head.word).tone}`} style=${`height: ${Math.max(8, (100 * most) / longest)}%`} title=${`${head.name || head.run}, ${exact(head.started)}: ${look(head.word).word}`}><span class="unseen">${head.name || head.run}: ${look(head.word).word}</span></a></span>`;
        })}
      </div>
      <div class="grid-body" role="rowgroup" ref=${body} style=${`height: ${rows.length * height}px`} onKeyDown=${move}>
        ${rows.slice(sight.from, sight.to).map((row, offset) => html`<${Line} key=${`${row.key} ${row.connections ?? ""}`} row=${row} order=${order} runs=${grid.runs} index=${sight.from + offset} active=${active} top=${(sight.from + offset) * height} height=${height} />`)}
      </div>
    </div></div>
  </div>`;
}

/** @param {{path: string[], query: URLSearchParams}} props */
export function Grid({ path, query }) {
  const workflow = query.get("workflow") ?? path[0] ?? "";
  const runs = Number(query.get("runs") ?? 60);
  const grid = useResource(`/grid${queryOf({ workflow, runs })}`);
  const shown = useMemo(() => grid.data && withTables(grid.data), [grid.data]);
  const byDay = query.get("by") === "weekday";
  const text = (query.get("q") ?? "").toLowerCase();
  return html`<${Loaded} of=${{ ...grid, data: shown }} title="Grid">${(/** @type {any} */ data) => {
    const said = findings(data);
    const workflows = [...new Set(data.runs.map((/** @type {any} */ run) => run.workflow))];
    const rows = data.rows.filter((/** @type {any} */ row) => !text || row.key.toLowerCase().includes(text));
    if (data.rows.length === 0) return html`<${Head} title="Grid" /><div class="card"><${Empty} title="No run has worked on tables yet" command="orch replicate --from csv:drop --to sqlite:copy.db">Each run becomes a column here, each table a line.<//></div>`;
    return html`
      <${Head} title=${said.length === 0 ? `No failure in ${plural(data.runs.length, "run")}` : `${plural(said.length, "table")} failed in the latest ${plural(data.runs.length, "run")}`} lead=${html`${said.slice(0, 4).map((/** @type {any} */ each, /** @type {number} */ index) => html`${index > 0 ? "; " : ""}<a href=${at("tables", each.key)}>${each.key}</a> ${each.text}`)}${said.length > 4 ? `; and ${number(said.length - 4)} more` : ""}`} />
      <div class="bar tools">
        <${Search} value=${query.get("q") ?? ""} label="Search tables" onInput=${(/** @type {string} */ q) => choose({ q })} />
        ${(workflows.length > 1 || workflow) && html`<select class="field pick" aria-label="Workflow" value=${workflow} onChange=${(/** @type {any} */ event) => choose({ workflow: event.target.value })}><option value="">every workflow</option>${workflows.map((name) => html`<option value=${name}>${name}</option>`)}</select>`}
        <div class="chips" role="group" aria-label="Order of the runs"><button class="chip" aria-pressed=${!byDay} onClick=${() => choose({ by: null })}>By time</button><button class="chip" aria-pressed=${byDay} onClick=${() => choose({ by: "weekday" })}>By weekday</button></div>
      </div>
      ${rows.length === 0 ? html`<div class="card"><${Empty} title="No key holds what you search" /></div>` : html`<${Cells} grid=${data} rows=${rows} byDay=${byDay} />`}
      <div class="legend same">${["succeeded", "caught", "failed", "running", "stopped"].map((each) => html`<span><${Shape} status=${each} />${look(each).word}</span>`)}<span>Height above a column: its longest table</span></div>
      <p class="same"><${Command} text=${`orch tables${workflow ? ` --workflow ${workflow}` : ""} -n ${runs}`} /></p>`;
  }}<//>`;
}
