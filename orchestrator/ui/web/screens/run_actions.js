// What can be done with a run. Each dialog shows the command that does the same.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { may, useSession } from "../data/session.js";
import { Act, quoted } from "../parts/act.js";
import { Command } from "../parts/basics.js";
import { pretty } from "../parts/json.js";
import { wordOf } from "./runs.js";

/** @param {{run: any, onClose: () => void}} props */
function Stop({ run, onClose }) {
  const id = run.name || run.run;
  return html`<${Act} title=${`Stop ${id}`} danger button="Stop the run" command=${`orch stop ${quoted(id)}`} onClose=${onClose}
    lead="It ends now. What it has published stays; it can be resumed later and then does only what is left."
    act=${() => tell(`/runs/${encodeURIComponent(run.run)}/stop`, { cause: "stopped in the web UI" })} />`;
}

/** @param {{run: any, onClose: () => void}} props */
function Resume({ run, onClose }) {
  const id = run.name || run.run;
  const failed = (run.states ?? []).filter((/** @type {any} */ line) => line.depth === 0).map((/** @type {any} */ line) => line.name);
  const before = pretty(run.input);
  const [from, setFrom] = useState("");
  const [input, setInput] = useState(before);
  const [edit, setEdit] = useState(false);
  const changed = edit && input !== before;
  const command = `orch resume ${quoted(id)}${from ? ` --from ${quoted(from)}` : ""}${changed ? ` --input ${quoted(compact(input))}` : ""}`;
  const act = () => tell(`/runs/${encodeURIComponent(run.run)}/resume`, { ...(from ? { from } : {}), ...(changed ? { input: JSON.parse(input) } : {}) });
  return html`<${Act} title=${`Resume ${id}`} button="Resume the run" command=${command} act=${act} onClose=${onClose}
    lead="It goes on where it failed: what has succeeded is kept, only the rest is done again.">
    <label class="label">From
      <select class="field" value=${from} onChange=${(/** @type {any} */ event) => setFrom(event.target.value)}>
        <option value="">what failed</option>
        ${failed.map((/** @type {string} */ name) => html`<option value=${name}>the state ${name}</option>`)}
      </select></label>
    ${edit ? html`<label class="label">Input<textarea class="field" rows="10" spellcheck=${false} value=${input} onInput=${(/** @type {any} */ event) => setInput(event.target.value)} /></label>`
      : html`<div><button class="button tiny" onClick=${() => setEdit(true)}>Change the input</button></div>`}
  <//>`;
}

/** @param {string} text */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** @param {{run: any}} props */
export function Actions({ run }) {
  const who = useSession();
  const [open, setOpen] = useState("");
  const word = wordOf(run);
  const over = ["succeeded", "failed", "timed_out", "stopped"].includes(word);
  const operates = may(who, "operator");
  const close = () => setOpen("");
  return html`<div class="actions">
    ${operates && word !== "succeeded" && (over || word === "paused" || word === "set_aside") && html`<button class="button main" onClick=${() => setOpen("resume")}>Resume…</button>`}
    ${operates && !over && html`<button class="button danger" onClick=${() => setOpen("stop")}>Stop…</button>`}
    <${Command} text=${`orch status ${quoted(run.name || run.run)}`} />
    ${open === "stop" && html`<${Stop} run=${run} onClose=${close} />`}
    ${open === "resume" && html`<${Resume} run=${run} onClose=${close} />`}
  </div>`;
}
