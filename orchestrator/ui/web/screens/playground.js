// Expressions and states tried on real payloads, without a run.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { quoted } from "../parts/act.js";
import { Command, Empty, Head, ProblemBox, Tabs } from "../parts/basics.js";
import { Json, pretty } from "../parts/json.js";
import { Status } from "../parts/status.js";

const pause = 350;
const kept = "orch.playground";

const example = {
  tab: "expression",
  language: "JSONata",
  expression: "{\"total\": $sum(lines.amount), \"largest\": $max(lines.amount)}",
  input: pretty({ lines: [{ amount: 120 }, { amount: 75.5 }, { amount: 310 }] }),
  state: pretty({ Type: "Choice", QueryLanguage: "JSONata", Choices: [{ Condition: "{% $sum($states.input.lines.amount) > 500 %}", Next: "Large" }], Default: "Small" }),
  mock: "",
};

/** @returns {typeof example} */
function remembered() {
  try {
    return { ...example, ...JSON.parse(sessionStorage.getItem(kept) ?? "{}") };
  } catch {
    return example;
  }
}

/** @param {Partial<typeof example>} values */
export function remember(values) {
  try {
    sessionStorage.setItem(kept, JSON.stringify({ ...remembered(), ...values }));
  } catch {
    // Then the next visit starts with the example.
  }
}

/**
 * The value of a text of JSON, or why it is none.
 * @param {string} text
 */
function valueOf(text) {
  try {
    return { value: JSON.parse(text), wrong: "" };
  } catch (error) {
    return { value: undefined, wrong: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Asks again shortly after the last change.
 * @param {string} path
 * @param {any} body null: it cannot be asked
 */
function useAnswer(path, body) {
  const [state, set] = useState(/** @type {{data: any, problem: any}} */ ({ data: null, problem: null }));
  const text = JSON.stringify(body);
  useEffect(() => {
    if (body === null) return undefined;
    let over = false;
    const timer = setTimeout(async () => {
      try {
        const data = await tell(path, body);
        if (!over) set({ data, problem: null });
      } catch (problem) {
        if (!over) set((last) => ({ ...last, problem }));
      }
    }, pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [path, text]);
  return state;
}

/** @param {{label: string, value: string, wrong?: string, rows?: number, onInput: (text: string) => void}} props */
const Text = ({ label, value, wrong, rows, onInput }) => html`<label class="label">${label}
  <textarea class="field" rows=${rows ?? 10} spellcheck=${false} value=${value} aria-invalid=${Boolean(wrong)} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />
  ${wrong && html`<span class="tone-bad">${wrong}</span>`}</label>`;

/** @param {{now: typeof example, change: (values: Partial<typeof example>) => void}} props */
function Expression({ now, change }) {
  const input = valueOf(now.input);
  const answer = useAnswer("/eval", input.wrong ? null : { language: now.language, expression: now.expression, input: input.value });
  return html`<div class="play">
    <div class="stack">
      <div class="chips" role="group" aria-label="Language">${["JSONata", "JSONPath"].map((name) => html`<button class="chip" aria-pressed=${now.language === name} onClick=${() => change({ language: name, expression: name === "JSONPath" ? "$.lines[?(@.amount > 100)].amount" : example.expression })}>${name}</button>`)}</div>
      <${Text} label="Expression" rows=${5} value=${now.expression} onInput=${(/** @type {string} */ expression) => change({ expression })} />
      <${Text} label="Input" value=${now.input} wrong=${input.wrong} onInput=${(/** @type {string} */ text) => change({ input: text })} />
      ${now.language === "JSONata" && !input.wrong && html`<${Command} text=${`echo ${quoted(JSON.stringify(input.value))} | orch eval --step-functions --input - ${quoted(now.expression)}`} />`}
    </div>
    <div class="stack" aria-live="polite">
      ${answer.problem && html`<${ProblemBox} problem=${answer.problem} />`}
      <${Json} title="Result" value=${answer.problem ? undefined : answer.data?.value} />
    </div>
  </div>`;
}

/** @param {{data: any}} props */
function Tested({ data }) {
  const inspected = Object.entries(data.inspectionData ?? {}).filter(([, value]) => value !== undefined);
  return html`
    <div class="bar"><${Status} status=${data.status} text=${(data.status ?? "").toLowerCase().replaceAll("_", " ")} />${data.nextState && html`<span>next: <b>${data.nextState}</b></span>`}</div>
    ${data.error && html`<div class="problem"><h2>${data.error}</h2><p>${data.cause}</p></div>`}
    <${Json} title="Output" value=${data.output} />
    ${inspected.length > 0 && html`<${Json} title="On the way" value=${Object.fromEntries(inspected)} />`}`;
}

/** @param {{now: typeof example, change: (values: Partial<typeof example>) => void}} props */
function OneState({ now, change }) {
  const input = valueOf(now.input);
  const state = valueOf(now.state);
  const mock = now.mock.trim() ? valueOf(now.mock) : { value: undefined, wrong: "" };
  const works = !["Pass", "Choice", "Succeed", "Fail", "Wait"].includes(state.value?.Type);
  const lacks = works && mock.value === undefined;
  const body = input.wrong || state.wrong || mock.wrong || lacks ? null : { definition: state.value, input: input.value, ...(mock.value === undefined ? {} : { mock: { result: mock.value } }) };
  const answer = useAnswer("/test-state", body);
  return html`<div class="play">
    <div class="stack">
      <${Text} label="State" value=${now.state} wrong=${state.wrong} onInput=${(/** @type {string} */ text) => change({ state: text })} />
      <${Text} label="Input" rows=${8} value=${now.input} wrong=${input.wrong} onInput=${(/** @type {string} */ text) => change({ input: text })} />
      <${Text} label="Result of the task, as if it had been done (mock)" rows=${4} value=${now.mock} wrong=${mock.wrong} onInput=${(/** @type {string} */ text) => change({ mock: text })} />
    </div>
    <div class="stack" aria-live="polite">
      ${lacks && html`<div class="card"><${Empty} title="This state does work">Nothing is done here: give the result that the work would have, as a mock.<//></div>`}
      ${answer.problem && !lacks && html`<${ProblemBox} problem=${answer.problem} />`}
      ${answer.data && !answer.problem && !lacks && html`<${Tested} data=${answer.data} />`}
    </div>
  </div>`;
}

/** @param {{query: URLSearchParams}} props */
export function Playground({ query }) {
  const [now, set] = useState(remembered());
  const tab = query.get("try") === "state" ? "state" : "expression";
  /** @param {Partial<typeof example>} values */
  const change = (values) => {
    remember(values);
    set((last) => ({ ...last, ...values }));
  };
  return html`<${Head} title="Playground" lead="Try an expression or a state on a payload. Nothing runs, nothing is written." />
    <${Tabs} label="What to try" tabs=${[{ name: "Expression", href: "/ui/playground", current: tab === "expression" }, { name: "State", href: "/ui/playground?try=state", current: tab === "state" }]} />
    ${tab === "state" ? html`<${OneState} now=${now} change=${change} />` : html`<${Expression} now=${now} change=${change} />`}`;
}

