// What starts by itself, and when: each pipeline's fire times on a week's line, what was missed or left out.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { exact, number, plural, weekdayOf } from "../data/format.js";
import { useNow, useResource } from "../data/resource.js";
import { at } from "../data/router.js";
import { may, useSession } from "../data/session.js";
import { Act, quoted } from "../parts/act.js";
import { Command, Empty, Head, Loaded, Time } from "../parts/basics.js";
import { Shape, Status } from "../parts/status.js";

const week = 7 * 86_400_000;
const outcomes = /** @type {Record<string, string>} */ ({ started: "succeeded", queued: "waiting", skipped: "skipped", missed: "failed", refused: "failed" });

/** @param {number} now when its day began */
const midnight = (now) => new Date(now).setHours(0, 0, 0, 0);

const most = 1000;  // fire times that the API tells
const dense = 120;  // more marks than this on a line are a band

/** @param {{pipeline: any, times: any[], more: boolean, now: number}} props `more`: there are later ones than `times` */
function Week({ pipeline, times, more, now }) {
  const begin = midnight(now);
  const shown = times.filter((time) => Date.parse(time.at) < begin + week);
  /** @param {number} at */
  const left = (at) => (100 * (at - begin)) / week;
  const from = shown.length > 0 ? left(Date.parse(shown[0].at)) : 0;
  const to = shown.length > 0 ? (more ? 100 : left(Date.parse(shown[shown.length - 1].at))) : 0;
  return html`<span class="week-track" role="img" aria-label=${`${pipeline.name}: ${more ? "more than " : ""}${plural(shown.length, "fire time")} within a week`}>
    ${shown.length > dense ? html`<span class=${pipeline.paused ? "week-band paused" : "week-band"} style=${`left: ${from}%; width: ${to - from}%`} title=${`${more ? "more than " : ""}${plural(shown.length, "fire time")}`} />`
    : shown.map((time) => html`<span class=${pipeline.paused ? "week-mark paused" : "week-mark"} style=${`left: ${(100 * (Date.parse(time.at) - begin)) / week}%`} title=${`${time.trigger}: ${time.local ?? exact(time.at)}${time.reason ? `, ${time.reason}` : ""}`} />`)}
    <span class="week-now" style=${`left: ${(100 * (now - begin)) / week}%`} title="now" />
  </span>`;
}

/** @param {{pipeline: any, onClose: () => void, again: () => void}} props */
function Pause({ pipeline, onClose, again }) {
  const [note, setNote] = useState("");
  const act = async () => {
    await tell("/operations/pipelines.pause", { name: pipeline.name, note });
    again();
  };
  return html`<${Act} title=${`Pause ${pipeline.name}`} button="Pause the pipeline" onClose=${onClose} act=${act} command=${`orch pipeline pause ${quoted(pipeline.name)}${note ? ` --note ${quoted(note)}` : ""}`}
    lead="No trigger starts a run of it until it is resumed. Runs under way go on.">
    <label class="label">Why<input class="field" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
  <//>`;
}

/** @param {{pipeline: any, onClose: () => void, again: () => void}} props */
function Resume({ pipeline, onClose, again }) {
  const act = async () => {
    await tell("/operations/pipelines.resume", { name: pipeline.name });
    again();
  };
  return html`<${Act} title=${`Resume ${pipeline.name}`} button="Resume the pipeline" onClose=${onClose} act=${act} command=${`orch pipeline resume ${quoted(pipeline.name)}`} lead="Its triggers start runs again, from now on." />`;
}

/** @param {{fires: any[]}} props */
const Fires = ({ fires }) => html`<div class="scroll-x" tabindex="0" role="group" aria-label="Fires"><table class="plain lined">
  <thead><tr><th>Fire time</th><th>Trigger</th><th>What became of it</th><th>Why</th></tr></thead>
  <tbody>${fires.map((fire) => html`<tr><td class="once"><${Time} at=${fire.fire_time} /></td><td>${fire.trigger}</td>
    <td><${Status} status=${outcomes[fire.outcome]} text=${fire.outcome} /> ${fire.run && html`<a href=${at("runs", fire.run)}>its run</a>`}</td><td class="why">${fire.reason ?? ""}</td></tr>`)}</tbody>
</table></div>`;

const shortly = 3;

/** @param {{fires: any[]}} props the latest fires that started no run, with the reason */
const LeftOut = ({ fires }) => html`<ul class="left-out" aria-label="Fires that started no run">
  ${fires.slice(0, shortly).map((fire) => html`<li class="note"><${Shape} status=${outcomes[fire.outcome]} /><span><b>${fire.outcome}</b> <${Time} at=${fire.at} /> ${fire.trigger}${fire.reason && html`: <span class="soft">${fire.reason}</span>`}</span></li>`)}
  ${fires.length > shortly && html`<li class="soft small">${plural(fires.length - shortly, "more")} below</li>`}
</ul>`;

/** @param {any} trigger in the words of its document */
const triggerText = (trigger) => (typeof trigger?.schedule === "string" ? trigger.schedule : Object.keys(trigger ?? {})[0] ?? "");

/** @param {{pipeline: any, now: number, again: () => void}} props */
function Pipeline({ pipeline, now, again }) {
  const who = useSession();
  const [open, setOpen] = useState("");
  const path = `/pipelines/${encodeURIComponent(pipeline.name)}`;
  const [since] = useState(new Date(now - week).toISOString());
  const fireTimes = useResource(`${path}/times?days=7`, { every: 300_000 }).data;
  const times = fireTimes?.items ?? [];
  const fires = useResource(`${path}/fires?limit=200&since=${since}`).data?.items ?? [];
  const next = times[0];
  const operates = may(who, "operator");
  const trouble = fires.filter((/** @type {any} */ fire) => fire.outcome === "missed" || fire.outcome === "refused" || fire.outcome === "skipped");
  return html`<section class="card">
    <div class="card-head"><h2>${pipeline.name} <span class="soft small">${pipeline.workflow}, revision ${number(pipeline.revision)}</span></h2>
      ${pipeline.paused ? html`<${Status} status="paused" text=${`paused by ${pipeline.paused.by || "somebody"}`} />${operates && html`<button class="button tiny main" onClick=${() => setOpen("resume")}>Resume…</button>`}`
        : html`<span class="soft">${next ? html`next <${Time} at=${next.at} />` : "no fire time"}</span>${operates && html`<button class="button tiny" onClick=${() => setOpen("pause")}>Pause…</button>`}`}</div>
    ${pipeline.paused?.note && html`<p class="card-body">${pipeline.paused.note}</p>`}
    <div class="week-line"><span class="soft">${Object.entries(pipeline.document.triggers ?? {}).map(([name, trigger]) => html`<span class="once">${name}: ${triggerText(trigger)}</span> `)}</span><${Week} pipeline=${pipeline} times=${times} more=${times.length >= most} now=${now} />
      <span class="num soft">${trouble.length > 0 ? html`<span class="tone-warn">${number(trouble.length)} left out</span>` : `overlap: ${String(pipeline.document.overlap ?? "skip").replaceAll("_", " ")}`}</span></div>
    ${trouble.length > 0 && html`<${LeftOut} fires=${trouble} />`}
    ${fires.length > 0 && html`<details><summary class="card-body">${plural(fires.length, "fire")} in the past week</summary><${Fires} fires=${fires} /></details>`}
    ${open === "pause" && html`<${Pause} pipeline=${pipeline} again=${again} onClose=${() => setOpen("")} />`}
    ${open === "resume" && html`<${Resume} pipeline=${pipeline} again=${again} onClose=${() => setOpen("")} />`}
  </section>`;
}

/** @param {number} now the names of the days on the line */
const daysFrom = (now) => Array.from({ length: 7 }, (_, index) => weekdayOf(new Date(midnight(now) + index * 86_400_000 + 43_200_000).toISOString()));

export function Schedules() {
  const pipelines = useResource("/pipelines", { every: 60_000 });
  const now = useNow(60_000);
  return html`<${Loaded} of=${pipelines} title="Schedules">${(/** @type {any} */ data) => {
    if (data.items.length === 0) return html`<${Head} title="Schedules" /><div class="card"><${Empty} title="Nothing starts by itself yet" command="orch project init">A pipeline is a workflow with what fires it: a schedule, files, other pipelines. It is a file of a project; deploying the project makes it.<//></div>`;
    const paused = data.items.filter((/** @type {any} */ item) => item.paused).length;
    return html`<${Head} title=${`${plural(data.items.length, "pipeline")}${paused > 0 ? `, ${number(paused)} paused` : ""}`} lead="A line is a week, from this midnight; each mark is a time at which a run starts." />
      <div class="week-line week-days" aria-hidden="true"><span /><span class="week-names">${daysFrom(now).map((day) => html`<span>${day}</span>`)}</span><span /></div>
      <div class="stack">${data.items.map((/** @type {any} */ item) => html`<${Pipeline} key=${item.name} pipeline=${item} now=${now} again=${pipelines.again} />`)}
        <${Command} text="orch pipelines" /></div>`;
  }}<//>`;
}
