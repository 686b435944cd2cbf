// Time by state and attempt: what ran beside what, what waited, and what was tried again.
import { html, classes } from "../html.js";
import { duration, moment, plural } from "../data/format.js";
import { Shape } from "./status.js";

const most = 300;

/** @param {import("../data/visits.js").Attempt} attempt @param {number} index @param {number} count @param {number} now */
function attemptTitle(attempt, index, count, now) {
  const waited = attempt.started !== null && attempt.started > attempt.from ? `, waited ${duration(attempt.started - attempt.from)}` : "";
  return `${count > 1 ? `attempt ${index + 1} of ${count}: ` : ""}${duration((attempt.to ?? now) - attempt.from)}${waited}${attempt.error ? `, ${attempt.error}` : ""}`;
}

/**
 * The attempts of a visit on one track: each with the time that it waited for a worker, and a thin line from one
 * that failed to the next.
 * @param {{visit: import("../data/visits.js").Visit, now: number, over: boolean, span: (from: number, to: number) => string}} props
 */
function Attempts({ visit, now, over, span }) {
  const { attempts } = visit;
  return attempts.map((attempt, index) => {
    const end = attempt.to ?? now;
    const begin = Math.min(end, attempt.started ?? (attempt.to === null ? end : attempt.from));
    const next = attempts[index + 1];
    return html`
      ${begin > attempt.from && html`<span class="gantt-wait" style=${span(attempt.from, begin)} title=${`waited ${duration(begin - attempt.from)}`} />`}
      <span class=${classes("gantt-bar", attempt.tone)} style=${span(begin, end)} title=${attemptTitle(attempt, index, attempts.length, now)} />
      ${attempt.to !== null && (next ? next.from > attempt.to : !over && visit.to === null && attempt.tone === "bad") && html`<span class="gantt-pause" style=${span(attempt.to, next ? next.from : now)} title="before the next attempt" />`}`;
  });
}

/** @param {{visits: import("../data/visits.js").Visit[], now: number, over: boolean, href: (visit: import("../data/visits.js").Visit) => string}} props */
export function Gantt({ visits, now, over, href }) {
  const lines = visits.filter((visit) => visit.attempts.length > 0 || visit.depth === 0);
  if (lines.length === 0) return html`<p class="card-body soft">No state has been entered yet.</p>`;
  const begin = Math.min(...lines.map((visit) => visit.from));
  const end = Math.max(...lines.map((visit) => visit.to ?? now), begin + 1);
  /** @param {number} from @param {number} to */
  const span = (from, to) => `left: ${(100 * (from - begin)) / (end - begin)}%; width: ${(100 * (to - from)) / (end - begin)}%`;
  return html`<div class="gantt">
    <div class="gantt-axis"><span>State</span><span><span>${moment(new Date(begin).toISOString(), true)}</span><span class="wide-only">${duration((end - begin) / 2)}</span><span>${duration(end - begin)}</span></span><span class="num">Took</span></div>
    ${lines.slice(0, most).map((visit) => html`<div class="gantt-line" key=${visit.id}>
      <span class="mark"><${Shape} status=${visit.status} /><a class="cut" href=${href(visit)} title=${`${visit.state} ${visit.item}`}>${visit.state}${visit.item && html` <span class="soft">${visit.item}</span>`}</a></span>
      <span class="gantt-track">${visit.attempts.length > 0 ? html`<${Attempts} visit=${visit} now=${now} over=${over} span=${span} />`
        : html`<span class=${classes("gantt-bar", visit.to ? "idle" : "run")} style=${span(visit.from, visit.to ?? now)} title=${`${visit.type}: ${duration((visit.to ?? now) - visit.from)}`} />`}</span>
      <span class="num soft">${visit.attempts.length > 1 ? html`<b title=${plural(visit.attempts.length, "attempt")}>${visit.attempts.length}×</b> ` : ""}${duration((visit.to ?? now) - visit.from)}</span>
    </div>`)}
    ${lines.length > most && html`<p class="card-body soft">${plural(lines.length - most, "more line")} not shown.</p>`}
  </div>`;
}
