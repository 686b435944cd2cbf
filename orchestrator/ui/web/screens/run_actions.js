// What can be done with a run. Each dialog shows the command that does the same.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { Command, Dialog, ProblemBox } from "../parts/basics.js";
import { pretty } from "../parts/json.js";
import { say } from "../parts/toast.js";
import { wordOf } from "./runs.js";

/** @param {string} text a word of a shell */
const quoted = (text) => (/^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * @param {{title: string, lead: any, command: string, button: string, danger?: boolean, act: () => Promise<any>, onClose: () => void, children?: any}} props
 */
function Act({ title, lead, command, button, danger, act, onClose, children }) {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      say(`${title}: done`);
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p class="soft">${lead}</p>
    ${children}
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <${Command} text=${command} />
    <div class="bar"><button class="button" onClick=${onClose}>Cancel</button><button class=${danger ? "button danger" : "button main"} disabled=${busy} onClick=${go}>${button}</button></div>
  <//>`;
}

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
  const [open, setOpen] = useState("");
  const word = wordOf(run);
  const over = ["succeeded", "failed", "timed_out", "stopped"].includes(word);
  const close = () => setOpen("");
  return html`<div class="actions">
    ${word !== "succeeded" && (over || word === "paused" || word === "set_aside") && html`<button class="button main" onClick=${() => setOpen("resume")}>Resume…</button>`}
    ${!over && html`<button class="button danger" onClick=${() => setOpen("stop")}>Stop…</button>`}
    <${Command} text=${`orch status ${quoted(run.name || run.run)}`} />
    ${open === "stop" && html`<${Stop} run=${run} onClose=${close} />`}
    ${open === "resume" && html`<${Resume} run=${run} onClose=${close} />`}
  </div>`;
}
