// The databases: do they answer, how fast, and since when not.
import { html } from "../html.js";
import { duration, number } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { Command, Empty, Head, Loaded, Time } from "../parts/basics.js";
import { look } from "../data/status.js";
import { Shape, Status } from "../parts/status.js";

/** @param {{history: any[], name: string}} props oldest first */
const Strip = ({ history, name }) => html`<div class="health" role="img" aria-label=${`${name}: the latest ${history.length} checks, ${history.filter((each) => each.status !== "up").length} of them not up`}>
  ${history.slice(-60).map((each) => html`<span class=${`wash-${look(each.status).tone}`} title=${`${each.at ?? each.seen}: ${each.status}`}><${Shape} status=${each.status} /></span>`)}
</div>`;

/** @param {{item: any}} props */
const Connection = ({ item }) => html`<section class="card">
  <div class="card-head"><h2>${item.name} <span class="soft small">${item.engine}</span></h2><${Status} status=${item.status} /></div>
  <div class="card-body stack">
    ${item.reason && html`<p class="tone-bad">${item.reason}</p>`}
    <dl class="facts">
      <div><dt>Answered in</dt><dd>${item.latency_ms === undefined || item.latency_ms === null ? "–" : item.latency_ms < 10 ? `${number(Math.round(item.latency_ms * 100) / 100)} ms` : duration(item.latency_ms)}</dd></div>
      <div><dt>Seen</dt><dd><${Time} at=${item.seen} seconds /></dd></div>
      ${item.run && html`<div><dt>By the run</dt><dd><a href=${at("runs", item.run)}>${item.run_name ?? item.run}</a></dd></div>`}
    </dl>
    ${item.history?.length > 1 && html`<${Strip} history=${item.history} name=${item.name} />`}
    <${Command} text=${`orch connection test ${item.name}`} />
  </div>
</section>`;

export function Connections() {
  const connections = useResource("/connections");
  return html`<${Loaded} of=${connections} title="Connections">${(/** @type {any} */ data) => {
    const down = data.items.filter((/** @type {any} */ item) => item.status && item.status !== "up");
    if (data.items.length === 0) return html`<${Head} title="Connections" /><div class="card"><${Empty} title="No run has asked a connection yet" command="orch connection test NAME">Runs check the databases they need before they start; what they see appears here.<//></div>`;
    return html`<${Head} title=${down.length === 0 ? `All ${number(data.items.length)} connections are up` : `${number(down.length)} of ${number(data.items.length)} connections are not up`} lead="As the health checks of the latest runs saw them." />
      <div class="columns">${[...data.items].sort((a, b) => Number(a.status === "up") - Number(b.status === "up") || a.name.localeCompare(b.name)).map((item) => html`<${Connection} key=${`${item.name} ${item.connections ?? ""}`} item=${item} />`)}</div>`;
  }}<//>`;
}
