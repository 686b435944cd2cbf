// Time by state and attempt: what ran beside what, and what was tried again.
import { html, classes } from "../html.js";
import { duration, moment, plural } from "../data/format.js";

const most = 300;

/** @param {{visits: import("../data/visits.js").Visit[], now: number}} props */
export function Gantt({ visits, now }) {
  const lines = visits.filter((visit) => visit.attempts.length > 0 || visit.depth === 0);
  if (lines.length === 0) return html`<p class="card-body soft">No state has been entered yet.</p>`;
  const begin = Math.min(...lines.map((visit) => visit.from));
  const end = Math.max(...lines.map((visit) => visit.to ?? now), begin + 1);
  /** @param {number} time */
  const place = (time) => `${(100 * (time - begin)) / (end - begin)}%`;
  /** @param {number} from @param {number | null} to */
  const span = (from, to) => `left: ${place(from)}; width: ${(100 * ((to ?? now) - from)) / (end - begin)}%`;
  return html`<div class="gantt">
    <div class="gantt-axis"><span>State</span><span><span>${moment(new Date(begin).toISOString(), true)}</span><span class="wide-only">${duration((end - begin) / 2)}</span><span>${duration(end - begin)}</span></span><span class="num">Took</span></div>
    ${lines.slice(0, most).map((visit) => {
      const took = (visit.to ?? now) - visit.from;
      const bars = visit.attempts.length > 0 ? visit.attempts : [{ from: visit.from, to: visit.to, tone: visit.to ? "idle" : "run", what: visit.type }];
      return html`<div class="gantt-line" key=${visit.id}>
        <span class="cut" title=${`${visit.state} ${visit.item}`}><b>${visit.state}</b> <span class="soft">${visit.item}</span></span>
        <span class="gantt-track">${bars.map((bar, index) => html`<span class=${classes("gantt-bar", bar.tone)} style=${span(bar.from, bar.to)} title=${`${bars.length > 1 ? `attempt ${index + 1}: ` : ""}${duration((bar.to ?? now) - bar.from)}`} />`)}</span>
        <span class="num soft">${duration(took)}${visit.attempts.length > 1 ? html`<span class="unseen">, ${plural(visit.attempts.length, "attempt")}</span>` : ""}</span>
      </div>`;
    })}
    ${lines.length > most && html`<p class="card-body soft">${plural(lines.length - most, "more line")} not shown.</p>`}
  </div>`;
}
