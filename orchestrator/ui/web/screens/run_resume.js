// Resuming a run: where it begins again, and with what.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { ask, query, tell } from "../data/api.js";
import { mayBeRounded, read } from "../data/json_text.js";
import { catalogProblem, hasCatalog, isOver, nameOf, namesCatalog, placesOf, resumeCommand } from "../data/run_commands.js";
import { Act, quoted } from "../parts/act.js";
import { Command } from "../parts/basics.js";
import { pretty } from "../parts/json.js";
import { JsonEditor } from "../parts/json_editor.js";

/**
 * What a state was given when it was entered last.
 * @param {any} run @param {string} state empty: nothing is asked for
 * @returns {{input: any, known: boolean, problem: any}}
 */
function useInput(run, state) {
  const [found, set] = useState({ state: "", input: undefined, problem: /** @type {any} */ (null) });
  useEffect(() => {
    if (!state) return undefined;
    let over = false;
    const path = `/runs/${encodeURIComponent(run.run)}/visits`;
    const find = async () => {
      let page = await ask(path + query({ state, limit: 1000 }));
      while (page.next) page = await ask(path + query({ state, limit: 1000, cursor: page.next }));
      return (await ask(`${path}/${page.items[page.items.length - 1].event}`)).input;
    };
    find().then((input) => { if (!over) set({ state, input, problem: null }); }, (problem) => { if (!over) set({ state, input: undefined, problem }); });
    return () => { over = true; };
  }, [run.run, state]);
  return { input: found.input, known: found.state === state && !found.problem, problem: found.state === state ? found.problem : null };
}

/** @param {{names: string[], value: string, failed: string, onChange: (name: string) => void}} props failed: empty: a state must be chosen */
const From = ({ names, value, failed, onChange }) => html`<label class="label">From
  <select class="field" value=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
    ${failed && html`<option value="">what failed</option>`}
    ${names.map((name) => html`<option value=${name}>the state ${name}</option>`)}
  </select></label>`;

/** @param {{run: any}} props a catalog that is not part of the input is corrected where it is */
function CatalogElsewhere({ run }) {
  if (!namesCatalog(run) || hasCatalog(run) || !isOver(run)) return null;
  const place = run.input.catalog;
  return html`<div class="hint small">${typeof place === "string" ? html`<p>The catalog is the file <code>${place}</code>: the resumed run reads it again. With another file:</p><${Command} text=${`orch resume ${quoted(nameOf(run))} --catalog FILE`} />`
    : html`<p>The catalog is a table of the connection ${place?.connection}: the resumed run reads it again.</p>`}</div>`;
}

/** @param {any} run @param {string} with_ @param {string} text */
function editedInput(run, with_, text) {
  const { value, problem } = read(text);
  if (problem) return { input: undefined, problem };
  if (with_ === "input") return { input: value, problem: "" };
  return { input: { ...run.input, catalog: value }, problem: catalogProblem(value) };
}

/** @param {{run: any, onClose: () => void}} props */
export function Resume({ run, onClose }) {
  const { names, failed } = placesOf(run);
  const [edit, setEdit] = useState("");
  const [from, setFrom] = useState("");
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
  const recorded = useInput(run, edit === "input" ? from : "");
  // Of a catalog the whole flow is done again, from its first state.
  const state = edit === "catalog" ? names[0] : from;
  const before = edit === "catalog" ? run.input.catalog : recorded.input;
  const known = edit === "catalog" || recorded.known;
  const text = typed[`${edit} ${state}`] ?? (known ? pretty(before) : "");
  const made = edit && known ? editedInput(run, edit, text) : { input: undefined, problem: "" };
  const lost = edit !== "" && known && mayBeRounded(edit === "catalog" ? run.input : before);
  /** @param {string} next */
  const choose = (next) => {
    setEdit(next);
    setFrom(next === "input" ? failed : "");
  };
  const act = () => tell(`/runs/${encodeURIComponent(run.run)}/resume`, { ...(state ? { from: state } : {}), ...(made.input === undefined ? {} : { input: made.input }) });
  const ways = [{ value: "", name: "As it is" }, { value: "input", name: "Edit the input" }, ...(hasCatalog(run) ? [{ value: "catalog", name: "Edit the catalog" }] : [])];
  return html`<${Act} title=${`Resume ${nameOf(run)}`} button="Resume the run" command=${resumeCommand(run, state, made.problem ? undefined : made.input)} act=${act} onClose=${onClose}
    ready=${edit === "" || (known && !made.problem && !lost)}
    lead=${edit === "catalog" ? `It begins again at ${state} with the catalog below; tables that were published are loaded again.` : "It goes on where it failed: what has succeeded is kept, only the rest is done again."}>
    ${isOver(run) && names.length > 0 && html`<div class="chips" role="group" aria-label="With what">${ways.map((each) => html`<button type="button" class="chip" aria-pressed=${edit === each.value} onClick=${() => choose(each.value)}>${each.name}</button>`)}</div>`}
    ${isOver(run) && names.length > 0 && edit !== "catalog" && html`<${From} names=${names} value=${from} failed=${edit ? "" : failed} onChange=${setFrom} />`}
    ${edit === "" && html`<${CatalogElsewhere} run=${run} />`}
    ${recorded.problem && html`<p class="tone-bad" role="alert">The input of ${from} cannot be read: ${recorded.problem.message}</p>`}
    ${lost ? html`<p class="tone-bad" role="alert">It has numbers that a browser would round. Resume it with the command instead.</p>`
      : edit && known && html`<${JsonEditor} key=${`${edit} ${state}`} label=${edit === "catalog" ? "Catalog" : `Input of ${state}`} value=${text} problem=${made.problem} onInput=${(/** @type {string} */ next) => setTyped({ ...typed, [`${edit} ${state}`]: next })} />`}
  <//>`;
}
