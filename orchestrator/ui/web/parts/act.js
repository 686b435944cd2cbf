// A dialog in which something is done: what it will do, the command that does the same, and what went wrong.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { Command, Dialog, ProblemBox } from "./basics.js";
import { say } from "./toast.js";

export { quoted } from "../data/shell.js";

/**
 * @param {{title: string, lead: any, command: string, button: string, danger?: boolean, ready?: boolean, act: () => Promise<any>, onClose: () => void, children?: any}} props
 *   ready: what was filled in can be used
 */
export function Act({ title, lead, command, button, danger, ready = true, act, onClose, children }) {
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
    <div class="bar"><button class="button" onClick=${onClose}>Cancel</button><button class=${danger ? "button danger" : "button main"} disabled=${busy || !ready} onClick=${go}>${button}</button></div>
  <//>`;
}
