// What happened since: for whoever comes in the morning, or back from lunch.
import { useEffect, useMemo, useState } from "preact/hooks";
import { html } from "../html.js";
import { changesOf } from "../data/changes.js";
import { dayLabel, daysAgo, moment, plural } from "../data/format.js";
import { useResource } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { Command, Empty, Head, Loaded } from "../parts/basics.js";
import { look } from "../data/status.js";
import { Shape } from "../parts/status.js";

const hour = 3_600_000;
const runs = 400;
const key = "orch.looked";

function lastLook() {
  try {
    return Number(localStorage.getItem(key)) || 0;
  } catch {
    return 0;
  }
}

/** @param {number} now */
function choicesOf(now) {
  const evening = new Date(now);
  evening.setDate(evening.getDate() - 1);
  evening.setHours(18, 0, 0, 0);
  return [
    { value: "", name: "Yesterday 18:00", since: evening.getTime() },
    { value: "day", name: "24 hours", since: now - 24 * hour },
    { value: "week", name: "7 days", since: now - 168 * hour },
  ];
}

/** @param {string} iso */
function heading(iso) {
  const days = daysAgo(iso);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : dayLabel(iso);
}

/** @param {{change: import("../data/changes.js").Change}} props */
const Line = ({ change }) => html`<li class="change">
  <time class="soft" datetime=${change.at}>${moment(change.at).replace(/^.* /, "")}</time>
  <${Shape} status=${change.status} />
  <p>${change.key ? html`<a href=${at("tables", change.key)}>${change.key}</a>${(change.more ?? 0) > 0 && html` and <a href=${at("runs", change.run)}>${plural(change.more ?? 0, "other table")}</a>`}` : html`<a href=${at("runs", change.run)}>${change.name}</a>`}${" "}<b class=${`tone-${look(change.status).tone}`}>${change.what}</b> <span>${change.text}</span>
    ${change.key && html` <a class="soft small" href=${at("runs", change.run)}>${change.name}</a>`}</p>
</li>`;

/** @param {{grid: any, since: number}} props */
function Feed({ grid, since }) {
  const changes = useMemo(() => changesOf(grid, since), [grid, since]);
  const oldest = grid.runs[0];
  const days = [...new Set(changes.map((change) => heading(change.at)))];
  const failed = changes.filter((change) => change.what === "failed").length;
  const recovered = changes.filter((change) => change.what === "recovered").length;
  const rest = changes.length - failed - recovered;
  const lead = [failed > 0 && plural(failed, "new failure"), recovered > 0 && `${recovered} recovered`, rest > 0 && plural(rest, "other change")].filter(Boolean).join(", ");
  return html`
    <p class="lead" role="status">${lead || "Nothing has changed."}</p>
    ${oldest && grid.runs.length >= runs && Date.parse(oldest.started) > since && html`<p class="soft small">The latest ${runs} runs, since ${moment(oldest.started)}.</p>`}
    ${changes.length === 0 ? html`<div class="card"><${Empty} title="All goes on as before">What fails for the first time, recovers, is loaded for the first time, or grows or shrinks by a fifth appears here.<//></div>`
      : days.map((day) => html`<section class="card day" key=${day}><div class="card-head"><h2>${day}</h2></div><ul>${changes.filter((change) => heading(change.at) === day).slice(0, 500).map((change) => html`<${Line} key=${`${change.run} ${change.key}`} change=${change} />`)}</ul></section>`)}`;
}

/** @param {{query: URLSearchParams}} props */
export function Changes({ query }) {
  const [now] = useState(Date.now());
  const [before] = useState(lastLook());
  useEffect(() => {
    try {
      localStorage.setItem(key, String(Date.now()));
    } catch {
      // Then "since you last looked" is not offered.
    }
  }, []);
  const choices = choicesOf(now);
  if (before > 0) choices.push({ value: "look", name: `Your last look, ${moment(new Date(before).toISOString())}`, since: before });
  const chosen = choices.find((each) => each.value === (query.get("since") ?? "")) ?? choices[0];
  const grid = useResource(`/grid?runs=${runs}`);
  return html`<${Head} title="What happened since" />
    <div class="bar tools"><div class="chips" role="group" aria-label="Since when">${choices.map((each) => html`<button class="chip" aria-pressed=${each === chosen} onClick=${() => choose({ since: each.value })}>${each.name}</button>`)}</div></div>
    <${Loaded} of=${grid}>${(/** @type {any} */ data) => html`<${Feed} grid=${data} since=${chosen.since} />`}<//>
    <p class="same"><${Command} text="orch status --failed --since yesterday" /></p>`;
}
