// Is this morning right? One line a table: what it holds, as of when, and why not today's rows.
import { useMemo } from "preact/hooks";
import { html, classes } from "../html.js";
import { number, plural } from "../data/format.js";
import { useAll, useNow } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { ageOf, asOf, deltaOf, summary, verdict } from "../data/verdict.js";
import { Command, Empty, Head, Loaded, Search, Time } from "../parts/basics.js";
import { Cell, Rows } from "../parts/rows.js";
import { look } from "../data/status.js";
import { Shape } from "../parts/status.js";
import { TablePage } from "./table.js";

const choices = [
  { value: "", name: "All" },
  { value: "attention", name: "Needs attention" },
  { value: "loading", name: "Loading" },
  { value: "right", name: "Right" },
];

/** @param {{counts: {status: string, name: string, count: number, value: string}[]}} props */
const Share = ({ counts }) => html`<div class="share-box">
  <div class="share" aria-hidden="true">${counts.filter((each) => each.count > 0).map((each) => html`<div class=${`fill-${each.status}`} style=${`flex: ${each.count}`} />`)}</div>
  <div class="legend">${counts.filter((each) => each.count > 0).map((each) => html`<span><${Shape} status=${each.status} />${number(each.count)} ${each.name}</span>`)}</div>
</div>`;

const fully = 6;

/** @param {{rows: any[]}} props what is not right, each in a whole sentence */
const Attention = ({ rows }) => html`<section class="card attention" aria-label="Needs attention"><ul>
  ${rows.slice(0, fully).map((row) => html`<li key=${row.table.key}><${Shape} status=${row.verdict.status} /><p><a href=${at("tables", row.table.key)}>${row.table.key}</a> <span>${row.table.text}</span></p></li>`)}
</ul>${rows.length > fully && html`<p class="small"><a href="/ui/tables?show=attention">${plural(rows.length - fully, "more")}</a></p>`}</section>`;

/** @param {any} row @param {(text: any) => any} link @param {number} now */
const wideCells = (row, link, now) => html`
  <${Cell} class="mark"><${Shape} status=${row.verdict.status} /><span class="cut">${link(row.table.key)}</span><//>
  <${Cell} class=${row.verdict.rank <= 1 ? `tone-${look(row.verdict.status).tone}` : "soft"} title=${row.table.text}>${row.table.text}<//>
  <${Cell}><${Time} at=${asOf(row.table)} /><//>
  <${Cell} class="num">${ageOf(row.table, now)}<//>
  <${Cell} class="num">${number(row.table.load?.rows)}<//>
  <${Cell} class="num soft">${deltaOf(row.table)}<//>`;

/** @param {any} row @param {(text: any) => any} link @param {number} now */
const narrowCells = (row, link, now) => html`
  <${Cell} class="two">
    <span><${Shape} status=${row.verdict.status} /><span class="cut grow">${link(row.table.key)}</span><span class="soft small">${number(row.table.load?.rows)} rows · ${ageOf(row.table, now)}</span></span>
    <span class=${classes("cut small", row.verdict.rank <= 1 ? `tone-${look(row.verdict.status).tone}` : "soft")}>${row.table.text}</span>
  <//>`;

/** @param {{tables: any[], query: URLSearchParams}} props */
function List({ tables, query }) {
  const now = useNow();
  const rows = useMemo(() => tables.map((table) => ({ table, verdict: verdict(table) }))
    .sort((a, b) => a.verdict.rank - b.verdict.rank || a.table.key.localeCompare(b.table.key)), [tables]);
  const show = query.get("show") ?? "";
  const text = (query.get("q") ?? "").toLowerCase();
  const ranks = { attention: [0, 1], loading: [2], right: [3] }[show];
  const shown = rows.filter((row) => (!ranks || ranks.includes(row.verdict.rank)) && (!text || row.table.key.toLowerCase().includes(text)));
  /** @param {number[]} ranks */
  const count = (...ranks) => rows.filter((row) => ranks.includes(row.verdict.rank)).length;
  const counts = [
    { status: "failed", name: "without rows", count: count(0), value: "attention" },
    { status: "stale", name: "with older rows", count: count(1), value: "attention" },
    { status: "running", name: "loading", count: count(2), value: "loading" },
    { status: "succeeded", name: "right", count: count(3), value: "right" },
  ];
  return html`
    <${Head} title=${summary(tables)} lead=${html`<${Share} counts=${counts} />`} />
    ${count(0, 1) > 0 && !show && !text && html`<${Attention} rows=${rows.filter((row) => row.verdict.rank <= 1)} />`}
    <div class="bar tools">
      <${Search} value=${query.get("q") ?? ""} label="Search tables" onInput=${(/** @type {string} */ q) => choose({ q })} />
      <div class="chips" role="group" aria-label="Which tables">${choices.map((each) => html`<button class="chip" aria-pressed=${show === each.value} onClick=${() => choose({ show: each.value })}>${each.name}</button>`)}</div>
    </div>
    ${shown.length === 0 ? html`<div class="card"><${Empty} title="No table is like that">${text ? "No key holds what you search." : "Choose All to see every table."}<//></div>` : html`<${Rows} items=${shown} label="Tables"
      columns="minmax(8rem, 13rem) minmax(10rem, 1fr) 8.5rem 4.25rem 6rem 5rem" narrow="minmax(0, 1fr)"
      head=${[{ name: "Table" }, { name: "Verdict" }, { name: "As of" }, { name: "Age", num: true }, { name: "Rows", num: true }, { name: "Change", num: true }]}
      id=${(/** @type {any} */ row) => `${row.table.key} ${row.table.connections ?? ""}`}
      href=${(/** @type {any} */ row) => at("tables", row.table.key)}
      cells=${(/** @type {any} */ row, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow ? narrowCells(row, link, now) : wideCells(row, link, now))} />`}
    <p class="same"><${Command} text="orch tables" /></p>`;
}

/** @param {{path: string[], query: URLSearchParams}} props */
export function Tables({ path, query }) {
  if (path.length > 0) return html`<${TablePage} name=${path[0]} path=${path.slice(1)} query=${query} />`;
  return html`<${AllTables} query=${query} />`;
}

/** @param {{query: URLSearchParams}} props */
function AllTables({ query }) {
  const tables = useAll("/tables");
  return html`<${Loaded} of=${tables} title="Tables">${(/** @type {any} */ data) => (data.items.length === 0
    ? html`<${Head} title="Tables" /><div class="card"><${Empty} title="No table has been loaded yet" command="orch replicate --from csv:drop --to sqlite:copy.db">
        A run that replicates tables fills this page. Two URLs are enough to start; or submit your own catalog.<//></div>`
    : html`<${List} tables=${data.items} query=${query} />`)}<//>`;
}
