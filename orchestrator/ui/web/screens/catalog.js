// The catalogs of pipelines: which tables they replicate, how they have come apart from their sources, what a
// run would do.
import { html, classes } from "../html.js";
import { catalogFile, checkText, placeOf } from "../data/catalog.js";
import { number, plural } from "../data/format.js";
import { useAll, useResource } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { may, useSession } from "../data/session.js";
import { quoted } from "../parts/act.js";
import { Command, Empty, Head, Loaded, Search, Skeleton, Tabs, Time } from "../parts/basics.js";
import { Json } from "../parts/json.js";
import { Cell, Rows } from "../parts/rows.js";
import { Changes, Plan } from "./catalog_parts.js";

const never = { when: () => false };

/** @param {any} side */
const Place = (side) => html`${placeOf(side).connection} <span class="mono">${placeOf(side).table}</span>`;

/** @param {any} entry */
const limitsOf = (entry) => [entry.watermark && `after ${entry.watermark.column}`, entry.where && "where", entry.parts > 1 && `${entry.parts} parts`].filter(Boolean).join(", ");

/** @param {any} entry @param {(text: any) => any} link */
const wideCells = (entry, link) => html`
  <${Cell}>${link(entry.key)}<//><${Cell}>${Place(entry.source)}<//><${Cell}>${Place(entry.target)}<//>
  <${Cell}>${entry.strategy} <span class="soft">${limitsOf(entry)}</span><//>
  <${Cell} class="soft" title=${(entry.checks ?? []).map(checkText).join("; ")}>${(entry.checks ?? []).map(checkText).join("; ") || "–"}<//>`;

/** @param {any} entry @param {(text: any) => any} link beside an entry */
const shortCells = (entry, link) => html`<${Cell}>${link(entry.key)}<//><${Cell} class="soft">${entry.strategy}<//>`;

/** @param {any} entry @param {(text: any) => any} link */
const narrowCells = (entry, link) => html`<${Cell} class="two">
  <span><span class="cut grow">${link(entry.key)}</span><span class="soft small">${entry.strategy}</span></span>
  <span class="cut small soft">${Place(entry.source)} → ${Place(entry.target)}</span><//>`;

/** @param {{entry: any, pipeline: any}} props */
const Entry = ({ entry, pipeline }) => html`<section class="stack" aria-label=${`The entry ${entry.key}`}>
  <div class="bar"><h2 class="grow">${entry.key}</h2><a class="button tiny" href=${at("tables", entry.key)}>Its loads</a><button class="button tiny" onClick=${() => choose({ entry: null })}>Close</button></div>
  <${Json} value=${entry} title="Entry, with the catalog's defaults" />
  <${Command} text=${`orch catalog show ${quoted(catalogFile(pipeline))} --only ${quoted(entry.key)}`} /></section>`;

/** @param {{pipeline: any, query: URLSearchParams}} props */
function Entries({ pipeline, query }) {
  const entries = useAll(`/pipelines/${encodeURIComponent(pipeline.name)}/catalog`, never);
  const text = (query.get("q") ?? "").toLowerCase();
  return html`<${Loaded} of=${entries}>${(/** @type {any} */ data) => {
    const shown = data.items.filter((/** @type {any} */ each) => !text || `${each.key} ${each.source.table ?? ""} ${each.target.table}`.toLowerCase().includes(text));
    const chosen = data.items.find((/** @type {any} */ each) => each.key === query.get("entry"));
    return html`<div class="bar tools"><${Search} value=${query.get("q") ?? ""} label="Search entries" onInput=${(/** @type {string} */ q) => choose({ q })} /></div>
      <div class=${classes(chosen && "beside")}>
        ${shown.length === 0 ? html`<div class="card"><${Empty} title="No entry is like that">No key or table holds what you search.<//></div>`
          : html`<${Rows} items=${shown} label="Entries" columns=${chosen ? "minmax(6rem, 1fr) 6rem" : "minmax(7rem, 12rem) minmax(8rem, 14rem) minmax(9rem, 16rem) minmax(5rem, 10rem) minmax(8rem, 1fr)"} narrow="minmax(0, 1fr)"
            head=${(chosen ? ["Table", "Strategy"] : ["Table", "From", "To", "Strategy", "Checks"]).map((name) => ({ name }))} id=${(/** @type {any} */ each) => each.key}
            href=${(/** @type {any} */ each) => `${at("catalog", pipeline.name)}?${new URLSearchParams({ ...(query.get("q") ? { q: query.get("q") ?? "" } : {}), entry: each.key })}`}
            cells=${(/** @type {any} */ each, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow ? narrowCells(each, link) : chosen ? shortCells(each, link) : wideCells(each, link))} />`}
        ${chosen && html`<${Entry} entry=${chosen} pipeline=${pipeline} />`}
      </div>
      <p class="soft small same" role="status">${plural(shown.length, "entry", "entries")}</p>
      <p class="same"><${Command} text=${`orch catalog show ${quoted(catalogFile(pipeline))}`} /></p>`;
  }}<//>`;
}

const tabs = [
  { name: "Entries", path: "", role: "viewer", part: Entries },
  { name: "Changes at the source", path: "changes", role: "operator", part: Changes },
  { name: "Dry run", path: "plan", role: "operator", part: Plan },
];

/** @param {{name: string, tab: string, query: URLSearchParams}} props */
function CatalogPage({ name, tab, query }) {
  const who = useSession();
  const pipeline = useResource(`/pipelines/${encodeURIComponent(name)}`, { every: 60_000, when: never.when });
  const current = tabs.find((each) => each.path === tab) ?? tabs[0];
  return html`<${Loaded} of=${pipeline} title=${name}>${(/** @type {any} */ data) => html`
    <${Head} title=${name} lead=${html`<code>${catalogFile(data)}</code> of ${data.project ? html`the project ${data.project}` : "no project"}, revision ${number(data.revision)}, deployed <${Time} at=${data.deployed} />${data.made_by && ` by ${data.made_by}`}`} />
    <${Tabs} label="Catalog" tabs=${tabs.map((each) => ({ name: each.name, href: at("catalog", name, ...(each.path ? [each.path] : [])), current: each === current }))} />
    ${who && !may(who, current.role) ? html`<div class="card"><${Empty} title=${`This takes the role ${current.role}`}>It connects to the databases of the pipeline. You are ${who.name}, ${who.role}.<//></div>`
      : who ? html`<${current.part} pipeline=${data} query=${query} />` : html`<${Skeleton} />`}`}<//>`;
}

/** @param {{pipelines: any[]}} props */
const List = ({ pipelines }) => html`<${Head} title="Catalogs" lead="Which tables each pipeline replicates, and how. A catalog is a file of its project; deploying the project makes a revision of it." />
  <${Rows} items=${pipelines} label="Catalogs" columns="minmax(8rem, 16rem) minmax(8rem, 1fr) minmax(8rem, 1fr) 7rem 10rem" narrow="minmax(0, 1fr)"
    head=${[{ name: "Pipeline" }, { name: "Catalog" }, { name: "Project" }, { name: "Revision", num: true }, { name: "Deployed" }]}
    id=${(/** @type {any} */ each) => each.name} href=${(/** @type {any} */ each) => at("catalog", each.name)}
    cells=${(/** @type {any} */ each, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow
      ? html`<${Cell} class="two"><span><span class="cut grow">${link(each.name)}</span><span class="soft small"><${Time} at=${each.deployed} /></span></span><span class="cut small soft">${catalogFile(each)}, revision ${number(each.revision)}</span><//>`
      : html`<${Cell}>${link(each.name)}<//><${Cell}><code>${catalogFile(each)}</code><//><${Cell}>${each.project}<//><${Cell} class="num">${number(each.revision)}<//><${Cell}><${Time} at=${each.deployed} /><//>`)} />
  <p class="same"><${Command} text="orch pipelines" /></p>`;

function Catalogs() {
  const pipelines = useAll("/pipelines", { when: never.when, every: 60_000 });
  return html`<${Loaded} of=${pipelines} title="Catalogs">${(/** @type {any} */ data) => {
    const items = data.items.filter((/** @type {any} */ each) => each.connections);
    return items.length > 0 ? html`<${List} pipelines=${items} />`
      : html`<${Head} title="Catalogs" /><div class="card"><${Empty} title="No pipeline has a catalog yet" command="orch catalog discover">A catalog says which tables are replicated. It is a file of a project; deploying the project shows it here.<//></div>`;
  }}<//>`;
}

/** @param {{path: string[], query: URLSearchParams}} props */
export function Catalog({ path, query }) {
  return path.length > 0 ? html`<${CatalogPage} key=${path[0]} name=${path[0]} tab=${path[1] ?? ""} query=${query} />` : html`<${Catalogs} />`;
}
