// Who did what, the latest first, read from the end of the log as it is scrolled.
import { html, classes } from "../html.js";
import { query as queryOf } from "../data/api.js";
import { plural } from "../data/format.js";
import { usePages } from "../data/resource.js";
import { at, choose } from "../data/router.js";
import { Command, Empty, Loaded, Search, Time } from "../parts/basics.js";
import { Cell, Rows } from "../parts/rows.js";
import { Shape, Status } from "../parts/status.js";

const pageSize = 200;

/** @param {any} deed */
const outcome = (deed) => (deed.outcome === "done" ? { status: "succeeded", text: "done" } : { status: "failed", text: deed.outcome });

/** @param {any} deed the page of what it was done to */
function target(deed) {
  if (!deed.object || deed.outcome !== "done") return undefined;
  if (/^runs\./.test(deed.action)) return at("runs", deed.object.split(" ")[0]);
  return undefined;
}

/** @param {any} deed @param {(text: any) => any} link */
const wideCells = (deed, link) => html`
  <${Cell}><${Time} at=${deed.at} seconds /><//>
  <${Cell} title=${deed.who}>${deed.who || "–"} <span class="soft">${deed.role}</span><//>
  <${Cell}><code>${link(deed.action)}</code><//>
  <${Cell} title=${deed.object}>${deed.object}<//>
  <${Cell}><${Status} status=${outcome(deed).status} text=${outcome(deed).text} /><//>
  <${Cell} class="soft">${deed.from || "command line"}<//>`;

/** @param {any} deed @param {(text: any) => any} link */
const narrowCells = (deed, link) => html`<${Cell} class="two">
  <span><${Shape} status=${outcome(deed).status} /><span class="cut grow">${link(deed.action)}</span><span class="soft small"><${Time} at=${deed.at} /></span></span>
  <span class=${classes("cut small", deed.outcome === "done" ? "soft" : "tone-bad")}>${[deed.who, deed.object, deed.outcome !== "done" && deed.outcome].filter(Boolean).join(" · ")}</span>
<//>`;

/** @param {{query: URLSearchParams}} props */
export function Audit({ query }) {
  const text = query.get("q") ?? "";
  const refused = query.get("show") === "refused";
  const path = `/audit${queryOf({ limit: pageSize, text, refused })}`;
  const deeds = usePages(path, (deed) => deed.number, { every: 15_000 });
  return html`<div class="bar tools"><${Search} value=${text} label="Search name, address, action or object" onInput=${(/** @type {string} */ q) => choose({ q })} />
      <div class="chips" role="group" aria-label="Which lines"><button class="chip" aria-pressed=${!refused} onClick=${() => choose({ show: null })}>All</button><button class="chip" aria-pressed=${refused} onClick=${() => choose({ show: "refused" })}>Refused or failed</button></div></div>
    <${Loaded} of=${deeds}>${(/** @type {any} */ data) => {
      const items = [...data.items, ...deeds.more];
      if (items.length === 0) return html`<div class="card"><${Empty} title=${text || refused ? "No line is like that" : "Nothing has been changed yet"}>Whatever changes something over the API, or tries to, is a line here.<//></div>`;
      return html`${!data.sound && html`<div class="problem"><h2>The log is not as it was written</h2><p>${data.damage}</p><${Command} text="orch audit" /></div>`}
        <${Rows} items=${items} label="Audit log" columns="9.5rem minmax(7rem, 14rem) minmax(9rem, 16rem) minmax(6rem, 1fr) 8rem 9rem" narrow="minmax(0, 1fr)"
          head=${["When", "Who", "Action", "Object", "Outcome", "From"].map((name) => ({ name }))}
          id=${(/** @type {any} */ deed) => String(deed.number)} href=${target} onEnd=${deeds.load} total=${deeds.done ? items.length : -2}
          cells=${(/** @type {any} */ deed, /** @type {any} */ link, /** @type {boolean} */ narrow) => (narrow ? narrowCells(deed, link) : wideCells(deed, link))} />
        <p class="soft small same" role="status">${plural(items.length, "line")}${deeds.done ? "" : " so far"}. ${data.sound ? "Each has the hash of the one before; those shown are as they were written." : ""}</p>`;
    }}<//>
    <p class="same"><${Command} text="orch audit" /></p>`;
}
