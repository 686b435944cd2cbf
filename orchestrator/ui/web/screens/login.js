// For those whom the server does not know: the identity provider, or a token, opens a session.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { session } from "../data/session.js";
import { Command, ProblemBox } from "../parts/basics.js";

/** @type {Record<string, [string, string]>} what has happened, and what to do */
const troubles = {
  expired: ["The sign-in was not finished.", "It took more than ten minutes, was begun in another browser or window, or was finished already. Sign in again."],
  denied: ["Nobody was signed in.", "The identity provider, or you there, said no. Sign in again, or ask the provider's administrators for access to this application."],
  provider: ["The identity provider cannot be used.", "It does not answer, or refuses this server. Try again in a minute; the log of the server says what is wrong. A token works meanwhile."],
  refused: ["The identity provider's answer is not valid.", "Sign in again. If it happens again, the log of the server says what is wrong with the ID token."],
  "no-grant": ["You are signed in at the provider, but may not use this server.", "Ask those who run it: a grant in its file of identities has to match you, for example by one of your groups."],
  busy: ["Too many people are signing in.", "Try again in a few seconds."],
};

const remembered = "orch.page";

/** The page that was asked for before the sign-in. */
function wanted() {
  if (!location.pathname.startsWith("/ui/sign-in")) return location.pathname + location.search;
  let page = null;
  try {
    page = sessionStorage.getItem(remembered);
  } catch {
    // Without storage it is the first page.
  }
  return page?.startsWith("/ui/") ? page : "/ui/";
}

/** @param {string} page */
function remember(page) {
  try {
    sessionStorage.setItem(remembered, page);
  } catch {
    // As above.
  }
}

/** @param {{word: string}} props */
const Trouble = ({ word }) => {
  const [what, todo] = troubles[word] ?? ["The sign-in has failed.", "Sign in again."];
  return html`<div class="problem" role="alert"><h2>${what}</h2><p>${todo}</p></div>`;
};

/** @param {{signIn: {label: string, address: string}, page: string}} props */
const Provider = ({ signIn, page }) => html`
  <a class="button main" href=${`${signIn.address}?to=${encodeURIComponent(page)}`} target="_self" onClick=${() => remember(page)}>Sign in with ${signIn.label}</a>`;

export function Login() {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [signIn, setSignIn] = useState(/** @type {{label: string, address: string} | null} */ (null));
  const trouble = location.pathname.startsWith("/ui/sign-in") ? new URLSearchParams(location.search).get("trouble") : null;
  const page = wanted();
  useEffect(() => {
    session().then((found) => setSignIn(found.sign_in ?? null), () => {});
  }, []);
  /** @param {Event} event */
  const open = async (event) => {
    event.preventDefault();
    try {
      await tell("/session", { token: token.trim() });
      location.replace(page);
    } catch (error) {
      setProblem(error);
    }
  };
  const rest = html`
    <p class="soft">${signIn ? "With a token, which those who run the server make:" : "This server wants to know who asks. Whoever runs it makes a token for you:"}</p>
    <${Command} text="orch token add NAME --role viewer" />
    <label class="label">Token<input class="field" type="password" name="token" autocomplete="current-password" required value=${token} onInput=${(/** @type {any} */ event) => setToken(event.target.value)} /></label>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <button class=${signIn ? "button" : "button main"} type="submit">Open a session</button>`;
  return html`<main class="login"><form class="card card-body stack" onSubmit=${open}>
    <h1>orch</h1>
    ${trouble && html`<${Trouble} word=${trouble} />`}
    ${signIn ? html`<${Provider} signIn=${signIn} page=${page} /><details><summary>Use a token instead</summary><div class="stack">${rest}</div></details>` : rest}
  </form></main>`;
}
