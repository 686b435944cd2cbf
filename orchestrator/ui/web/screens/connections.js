// Where pipelines read and write: is each place up, may it be used, how has it been, which rights are missing.
import { useState } from "preact/hooks";
import { html, classes } from "../html.js";
import { daysOf, healthText, standing, summary, within } from "../data/connections.js";
import { dayLabel, duration, number, plural } from "../data/format.js";
import { useAll, useNow, useResource } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { may, useSession } from "../data/session.js";
import { Command, Empty, Head, Loaded, Search, Time } from "../parts/basics.js";
import { Grants } from "../parts/grants.js";
import { Shape, Status } from "../parts/status.js";
import { Hold, Release, Test, modes } from "./connection_actions.js";

const often = 15_000;

/** @param {{days: ReturnType<typeof daysOf>, text: string}} props */
const Strip = ({ days, text }) => html`<div class="health" role="img" aria-label=${`The last ${days.length} days: ${text}`}>
  ${days.map((each) => {
    const status = each.outages === 0 ? "up" : each.down > 3_600_000 ? "down" : "degraded";
    const label = each.outages === 0 ? "no outage" : `${plural(each.outages, "outage")}, ${duration(each.down)}`;
    return html`<span class=${each.outages === 0 ? "quiet" : `wash-${status === "down" ? "bad" : "warn"}`} title=${`${dayLabel(new Date(each.from).toISOString())}: ${label}`}>${each.outages > 0 && html`<${Shape} status=${status} />`}</span>`;
  })}
</div>`;

/** @param {{outages: any[]}} props */
const Outages = ({ outages }) => html`<details class="fold"><summary>${plural(outages.length, "outage")}</summary>
  <div class="scroll-x" tabindex="0" role="group" aria-label="Outages"><table class="plain lined">
    <thead><tr><th>Down since</th><th>Up again</th><th class="num">For</th><th>Why</th></tr></thead>
    <tbody>${outages.map((each) => html`<tr><td class="once"><${Time} at=${each.since} seconds /></td><td class="once">${each.until ? html`<${Time} at=${each.until} seconds />` : html`<span class="tone-bad">not yet</span>`}</td>
      <td class="num once">${each.until ? duration(Date.parse(each.until) - Date.parse(each.since)) : ""}</td><td class="why">${each.reason}</td></tr>`)}</tbody>
  </table></div></details>`;

/** @param {{name: string}} props */
function Health({ name }) {
  const now = useNow(60_000);
  const found = useResource(`/connections/${encodeURIComponent(name)}/outages?limit=1000`, { every: often, when: () => false });
  const all = found.data?.items ?? [];
  const days = daysOf(all, now);
  const outages = within(all, days);
  const text = found.data ? healthText(days, outages) : "…";
  return html`<div class="health-box"><${Strip} days=${days} text=${text} /><span class="soft small">${text}</span></div>
    ${outages.length > 0 && html`<${Outages} outages=${outages} />`}`;
}

/** @param {{connection: any, hold: any}} props why it cannot be used */
const Trouble = ({ connection, hold }) => html`
  ${connection.down && html`<p class="note bad"><${Shape} status="down" /><span><b>Down since <${Time} at=${connection.down.since} /></b> ${connection.down.reason}</span></p>`}
  ${hold && html`<p class="note"><${Shape} status="held" /><span><b>Held${hold.by ? ` by ${hold.by}` : ""} since <${Time} at=${hold.since} />${hold.until && html`, until <${Time} at=${hold.until} />`}</b> ${hold.reason ? `${hold.reason}: ` : ""}${modes[hold.mode]?.text}</span></p>`}
  ${connection.closed && html`<p class="note"><${Shape} status="paused" /><span><b>In maintenance until <${Time} at=${connection.closed.until} /></b> ${connection.closed.reason}</span></p>`}`;

/** @param {{connection: any, slot: any}} props how many tasks use it */
function Slots({ connection, slot }) {
  const most = connection.at_once ?? slot?.at_once;
  const names = [...new Map((slot?.holders ?? []).map((/** @type {any} */ each) => [each.run, each])).values()];
  return html`<div><dt>Slots</dt><dd>${most ? `${number(slot?.held ?? 0)} of ${number(most)} in use` : "no limit"}${slot?.waiting > 0 && html`, <span class="tone-warn">${plural(slot.waiting, "task")} ${slot.waiting === 1 ? "waits" : "wait"}</span>`}
    ${names.slice(0, 5).map((/** @type {any} */ each) => html` <a class="small" href=${at("runs", each.run)}>${each.name || each.run}</a>`)}</dd></div>`;
}

/** @param {{trial: any}} props */
function Trial({ trial }) {
  const wrong = [...trial.types.filter((/** @type {any} */ each) => each.problem).map((/** @type {any} */ each) => ({ what: `${each.type}, as in ${each.example}`, why: each.problem })),
    ...trial.troubles.map((/** @type {any} */ each) => ({ what: each.table, why: each.problem }))];
  const found = [trial.version, plural(trial.tables, "table"), plural(trial.types.length, "type")].filter(Boolean).join(", ");
  return html`<div class="trial" role="status">
    <p class="note"><${Shape} status=${wrong.length > 0 || trial.grants.length > 0 || trial.degraded ? "degraded" : "up"} /><span><b>Answered in ${duration(trial.answered_ms)}</b> at <${Time} at=${trial.at} seconds />: ${found}${trial.degraded && `; ${trial.degraded}`}${wrong.length + trial.grants.length === 0 ? "; everything could be read" : ""}</span></p>
    ${trial.grants.length > 0 && html`<${Grants} grants=${trial.grants} />`}
    ${wrong.length > 0 && html`<div class="scroll-x" tabindex="0" role="group" aria-label="What cannot be replicated"><table class="plain lined"><thead><tr><th>What cannot be replicated as it is</th><th>Why</th></tr></thead><tbody>
      ${wrong.map((each) => html`<tr><td>${each.what}</td><td class="why">${each.why}</td></tr>`)}</tbody></table></div>`}
  </div>`;
}

/** @param {{connection: any, hold: any, slot: any, again: () => void}} props */
function Connection({ connection, hold, slot, again }) {
  const [open, setOpen] = useState("");
  const [trial, setTrial] = useState(/** @type {any} */ (null));
  const operates = may(useSession(), "operator");
  const name = connection.connection;
  const { status, text } = standing(connection);
  const close = () => setOpen("");
  return html`<section class=${classes("card", "connection")} aria-label=${name}>
    <div class="card-head"><h2>${name} <span class="soft small">${connection.engine}</span></h2><${Status} status=${status} text=${text} />
      ${operates && html`<div class="bar"><button class="button tiny" onClick=${() => setOpen("test")} aria-label=${`Test ${name}…`}>Test…</button>
        ${connection.held ? html`<button class="button tiny main" onClick=${() => setOpen("release")} aria-label=${`Release ${name}…`}>Release…</button>` : html`<button class="button tiny" onClick=${() => setOpen("hold")} aria-label=${`Hold ${name}…`}>Hold…</button>`}</div>`}</div>
    <div class="card-body stack">
      <${Trouble} connection=${connection} hold=${hold} />
      <dl class="facts">
        <div><dt>Leads to</dt><dd class="mono">${connection.url}</dd></div>
        <${Slots} connection=${connection} slot=${slot} />
        <div><dt>Pipelines</dt><dd>${connection.pipelines.map((/** @type {string} */ each) => html`<a class="listed" href=${at("catalog", each)}>${each}</a>`)}</dd></div>
      </dl>
      <${Health} name=${name} />
      ${trial && html`<${Trial} trial=${trial} />`}
    </div>
    ${open === "hold" && html`<${Hold} name=${name} again=${again} onClose=${close} />`}
    ${open === "release" && html`<${Release} name=${name} again=${again} onClose=${close} />`}
    ${open === "test" && html`<${Test} connection=${connection} onClose=${close} onDone=${setTrial} />`}
  </section>`;
}

/** @param {{all: any[], query: URLSearchParams, again: () => void}} props */
function List({ all, query, again }) {
  const holds = useAll("/holds", { every: often });
  const limits = useAll("/limits", { every: often });
  const text = (query.get("q") ?? "").toLowerCase();
  const attention = query.get("show") === "attention";
  const shown = all.filter((each) => (!attention || standing(each).rank < 3) && (!text || `${each.connection} ${each.url}`.toLowerCase().includes(text)))
    .sort((a, b) => standing(a).rank - standing(b).rank || a.connection.localeCompare(b.connection));
  const reread = () => {
    again();
    holds.again();
  };
  /** @param {any} each */
  const subject = (each) => `connection ${each.connection}`;
  return html`<${Head} title=${summary(all)} lead="Where pipelines read and write. A connection is down when a task has found that it does not answer, until it answers again." />
    <div class="bar tools"><${Search} value=${query.get("q") ?? ""} label="Search connections" onInput=${(/** @type {string} */ q) => choose({ q })} />
      <div class="chips" role="group" aria-label="Which connections"><button class="chip" aria-pressed=${!attention} onClick=${() => choose({ show: null })}>All</button><button class="chip" aria-pressed=${attention} onClick=${() => choose({ show: "attention" })}>Needs attention</button></div></div>
    <div class="stack">
      ${shown.length === 0 && html`<div class="card"><${Empty} title="No connection is like that">${attention ? "All that is searched for are up." : "No name or address holds what you search."}<//></div>`}
      ${shown.map((each) => html`<${Connection} key=${`${each.connection} ${each.url}`} connection=${each} again=${reread}
        hold=${holds.data?.items.find((/** @type {any} */ hold) => hold.subject === subject(each))} slot=${limits.data?.items.find((/** @type {any} */ slot) => slot.label === subject(each))} />`)}
      <div class="bar"><${Command} text="orch connection history" /><${Command} text="orch limits" /></div>
    </div>`;
}

/** @param {{query: URLSearchParams}} props */
export function Connections({ query }) {
  const connections = useAll("/connections", { every: often });
  return html`<${Loaded} of=${connections} title="Connections">${(/** @type {any} */ data) => (data.items.length === 0
    ? html`<${Head} title="Connections" /><div class="card"><${Empty} title="No pipeline has connections yet" command="orch project init">A project has its connections in <code>connections.json</code>; deploying the project shows them here.<//></div>`
    : html`<${List} all=${data.items} query=${query} again=${connections.again} />`)}<//>`;
}
