// For those whom the server does not know: a token opens a session.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { Command, ProblemBox } from "../parts/basics.js";

export function Login() {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  /** @param {Event} event */
  const open = async (event) => {
    event.preventDefault();
    try {
      await tell("/session", { token: token.trim() });
      location.reload();
    } catch (error) {
      setProblem(error);
    }
  };
  return html`<main class="login"><form class="card card-body stack" onSubmit=${open}>
    <h1>orch</h1>
    <p class="soft">This server wants to know who asks. Whoever runs it makes a token for you:</p>
    <${Command} text="orch token add NAME --role viewer" />
    <label class="label">Token<input class="field" type="password" name="token" autocomplete="current-password" required value=${token} onInput=${(/** @type {any} */ event) => setToken(event.target.value)} /></label>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <button class="button main" type="submit">Open a session</button>
  </form></main>`;
}
