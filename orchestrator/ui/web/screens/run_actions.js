// What can be done with a run. Each dialog shows the command that does the same.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { at, go } from "../data/router.js";
import { isOver, lengths, nameOf, namesCatalog, pauseCommand, untilOf, wordOf } from "../data/run_commands.js";
import { may, useSession } from "../data/session.js";
import { Act, quoted } from "../parts/act.js";
import { Command } from "../parts/basics.js";
import { Resume } from "./run_resume.js";

/** @param {any} run @param {string} what */
const pathOf = (run, what) => `/runs/${encodeURIComponent(run.run)}/${what}`;

/** @param {{run: any, onClose: () => void}} props */
const Stop = ({ run, onClose }) => html`<${Act} title=${`Stop ${nameOf(run)}`} danger button="Stop the run" command=${`orch stop ${quoted(nameOf(run))}`} onClose=${onClose}
  lead="It ends now. What it has published stays; it can be resumed later and then does only what is left."
  act=${() => tell(pathOf(run, "stop"), { cause: "stopped in the web UI" })} />`;

/** @param {{run: any, onClose: () => void}} props */
function Pause({ run, onClose }) {
  const [length, setLength] = useState("");
  const [reason, setReason] = useState("");
  const act = () => {
    const until = untilOf(length, Date.now());
    return tell(pathOf(run, "pause"), { ...(until ? { until } : {}), ...(reason ? { reason } : {}) });
  };
  return html`<${Act} title=${`Pause ${nameOf(run)}`} button="Pause the run" command=${pauseCommand(run, length, reason)} act=${act} onClose=${onClose}
    lead="Its tasks are stopped, and done again after the release. What it has published stays.">
    <label class="label">How long
      <select class="field" value=${length} onChange=${(/** @type {any} */ event) => setLength(event.target.value)}>${lengths.map((each) => html`<option value=${each.value}>${each.name}</option>`)}</select></label>
    <label class="label">Reason, for those who wait
      <input class="field" value=${reason} maxlength="200" autocomplete="off" onInput=${(/** @type {any} */ event) => setReason(event.target.value)} /></label>
  <//>`;
}

/** @param {{run: any, onClose: () => void}} props */
const Release = ({ run, onClose }) => html`<${Act} title=${`Release ${nameOf(run)}`} button="Release the run" command=${`orch release --run ${quoted(nameOf(run))}`} onClose=${onClose}
  lead="Its tasks begin again." act=${() => tell(pathOf(run, "release"))} />`;

/** @param {{run: any, table: string, onClose: () => void}} props */
function Redo({ run, table, onClose }) {
  const act = async () => {
    const made = await tell(pathOf(run, `tables/${encodeURIComponent(table)}/redo`));
    go(at("runs", made.run));
  };
  return html`<${Act} title=${`Redo ${table}`} button="Redo the table" command=${`orch redo ${quoted(nameOf(run))} ${quoted(table)}`} act=${act} onClose=${onClose}
    lead="A new run with the definition, connections and input of this one replicates this table alone." />`;
}

/**
 * The button for one table of a run, for those who may use it.
 * @param {{run: any, table: string}} props
 */
export function RedoButton({ run, table }) {
  const who = useSession();
  const [open, setOpen] = useState(false);
  if (!may(who, "operator") || !namesCatalog(run)) return null;
  return html`<button class="button tiny" aria-label=${`Redo ${table}…`} onClick=${() => setOpen(true)}>Redo…</button>
    ${open && html`<${Redo} run=${run} table=${table} onClose=${() => setOpen(false)} />`}`;
}

const dialogs = { stop: Stop, pause: Pause, release: Release, resume: Resume };

/** @param {any} run */
function choices(run) {
  const word = wordOf(run);
  if (isOver(run)) return word === "succeeded" ? [] : ["resume"];
  if (word === "paused" || word === "set_aside") return ["resume", "stop"];
  return [run.held ? "release" : "pause", "stop"];
}

/** @param {{run: any, again: () => void}} props again: read the run anew */
export function Actions({ run, again }) {
  const who = useSession();
  const [open, setOpen] = useState("");
  const Chosen = dialogs[/** @type {keyof typeof dialogs} */ (open)];
  const close = () => {
    setOpen("");
    again();
  };
  /** @type {Record<string, {text: string, tone: string}>} */
  const looks = { resume: { text: "Resume…", tone: "main" }, release: { text: "Release…", tone: "main" }, pause: { text: "Pause…", tone: "" }, stop: { text: "Stop…", tone: "danger" } };
  return html`<div class="actions">
    ${may(who, "operator") && choices(run).map((each) => html`<button key=${each} class=${`button ${looks[each].tone}`} onClick=${() => setOpen(each)}>${looks[each].text}</button>`)}
    <${Command} text=${`orch status ${quoted(nameOf(run))}`} />
    ${Chosen && html`<${Chosen} run=${run} onClose=${close} />`}
  </div>`;
}
