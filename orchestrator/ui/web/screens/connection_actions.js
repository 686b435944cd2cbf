// What can be done with a connection: hold, release, test. Each dialog shows the command that does the same.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { Act, quoted } from "../parts/act.js";

/** @type {Record<string, {name: string, text: string}>} */
export const modes = {
  drain: { name: "Let tasks end", text: "tasks at work end, none begins" },
  pause: { name: "Stop tasks", text: "tasks at work are stopped, and done again after the release" },
  finish: { name: "Let runs end", text: "runs that have begun continue to their end, none begins" },
};

const spans = [
  { value: "", name: "until it is released", ms: 0 },
  { value: "30m", name: "for 30 minutes", ms: 1_800_000 },
  { value: "2h", name: "for 2 hours", ms: 7_200_000 },
  { value: "8h", name: "for 8 hours", ms: 28_800_000 },
  { value: "1d", name: "for a day", ms: 86_400_000 },
];

/** @param {{name: string, onClose: () => void, again: () => void}} props */
export function Hold({ name, onClose, again }) {
  const [mode, setMode] = useState("drain");
  const [span, setSpan] = useState("");
  const [reason, setReason] = useState("");
  const words = [`orch hold ${quoted(name)}`, mode !== "drain" && `--mode ${mode}`, span && `--until ${span}`, reason && `--reason ${quoted(reason)}`];
  const act = async () => {
    const ms = spans.find((each) => each.value === span)?.ms;
    await tell("/holds", { connection: name, mode, ...(ms ? { until: new Date(Date.now() + ms).toISOString() } : {}), ...(reason ? { reason } : {}) });
    again();
  };
  return html`<${Act} title=${`Hold ${name}`} button="Hold the connection" command=${words.filter(Boolean).join(" ")} act=${act} onClose=${onClose}
    lead="Tasks of all runs that use this connection wait, whichever pipeline they are of. Other tasks continue.">
    <fieldset class="choices"><legend>What is at work</legend>
      ${Object.entries(modes).map(([value, each]) => html`<label><input type="radio" name="mode" value=${value} checked=${mode === value} onChange=${() => setMode(value)} /><span><b>${each.name}</b> <span class="soft">${each.text}</span></span></label>`)}
    </fieldset>
    <label class="label">How long<select class="field" value=${span} onChange=${(/** @type {any} */ event) => setSpan(event.target.value)}>
      ${spans.map((each) => html`<option value=${each.value}>${each.name}</option>`)}</select></label>
    <label class="label">Why, for those who wait<input class="field" value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} /></label>
  <//>`;
}

/** @param {{name: string, onClose: () => void, again: () => void}} props */
export function Release({ name, onClose, again }) {
  const act = async () => {
    await tell(`/holds/${encodeURIComponent(`connection ${name}`)}`, {}, "DELETE");
    again();
  };
  return html`<${Act} title=${`Release ${name}`} button="Release the connection" command=${`orch release ${quoted(name)}`} act=${act} onClose=${onClose}
    lead="Tasks that wait for it begin again, as its slots allow." />`;
}

/** @param {{connection: any, onClose: () => void, onDone: (trial: any) => void}} props */
export function Test({ connection, onClose, onDone }) {
  const [pipeline, setPipeline] = useState(connection.pipelines[0]);
  const name = connection.connection;
  const act = async () => onDone({ at: new Date().toISOString(), ...await tell(`/pipelines/${encodeURIComponent(pipeline)}/connections/${encodeURIComponent(name)}/test`) });
  return html`<${Act} title=${`Test ${name}`} button="Test the connection" command=${`orch connection test ${quoted(name)}`} act=${act} onClose=${onClose}
    lead="Connects, describes every table, and reads up to 1,000 rows of one column of each type. Nothing is written. It takes a minute at most.">
    ${connection.pipelines.length > 1 && html`<label class="label">With the connections file and the catalog of the pipeline<select class="field" value=${pipeline} onChange=${(/** @type {any} */ event) => setPipeline(event.target.value)}>
      ${connection.pipelines.map((/** @type {string} */ each) => html`<option value=${each}>${each}</option>`)}</select></label>`}
  <//>`;
}
