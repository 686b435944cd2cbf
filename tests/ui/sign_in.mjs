// The sign-in of the web UI at an identity provider, in Chromium: the button, the way there and back to the page that
// was asked for, what is said when it fails, and the token instead.
//
//   node sign_in.mjs --orch build/dev/orch --modules build/ui-tests/node_modules [--shots FOLDER]
//
// Exits with 77 (skipped) where the packages or Chromium are missing.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { World } from "./world.mjs";

/** @param {string} name */
function option(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? "" : process.argv[at + 1];
}

const modules = path.resolve(option("modules"));
const executable = process.env.ORCH_TEST_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => fs.existsSync(file)) ?? "";
if (!executable || !fs.existsSync(path.join(modules, "playwright-core"))) {
  console.log("skipped: Chromium or playwright-core is missing");
  process.exit(77);
}
const require = createRequire(path.join(modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const shots = option("shots");

/** @param {object} value */
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An identity provider with a page of its own, where `groups` is who signs in. */
class Provider {
  keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  /** @type {Map<string, URLSearchParams>} */
  codes = new Map();
  groups = ["orch-day"];
  issuer = "";
  server = http.createServer((request, response) => { this.answer(request, response); });

  async listen() {
    await new Promise((resolve) => { this.server.listen(0, "127.0.0.1", () => resolve(null)); });
    this.issuer = `http://127.0.0.1:${/** @type {net.AddressInfo} */ (this.server.address()).port}`;
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async answer(request, response) {
    const target = new URL(request.url ?? "/", this.issuer);
    const json = (/** @type {object} */ value) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (target.pathname === "/keys") {
      return json({ keys: [{ ...this.keys.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] });
    }
    if (target.pathname === "/authorize") {
      const back = new URL(String(target.searchParams.get("redirect_uri")));
      const answers = [["Sign in", true], ["Cancel", false]].map(([label, signs]) => {
        const where = new URL(back);
        where.searchParams.set("state", String(target.searchParams.get("state")));
        const code = crypto.randomUUID();
        if (signs) this.codes.set(code, target.searchParams);
        where.searchParams.set(signs ? "code" : "error", signs ? code : "access_denied");
        return `<a href="${String(where).replaceAll("&", "&amp;")}">${label}</a>`;
      });
      return response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><title>Bank ID</title><h1>Bank ID</h1>${answers.join(" ")}`);
    }
    if (target.pathname === "/token") {
      let body = "";
      for await (const piece of request) body += piece;
      const form = new URLSearchParams(body);
      const asked = this.codes.get(String(form.get("code")));
      const now = Math.floor(Date.now() / 1000);
      const text = `${part({ alg: "RS256", kid: "1" })}.${part({ iss: this.issuer, aud: "orch-ui", exp: now + 600, nonce: asked?.get("nonce"), email: "ann@example.com", groups: this.groups })}`;
      return json({ token_type: "Bearer", id_token: `${text}.${crypto.sign("sha256", Buffer.from(text), this.keys.privateKey).toString("base64url")}` });
    }
    return json({ issuer: this.issuer, jwks_uri: `${this.issuer}/keys`, authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token` });
  }
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", () => resolve(null)); });
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "orch-sign-in-"));
const world = new World(path.resolve(option("orch")), folder);
const provider = new Provider();

/** @type {any} */
let browser;

async function main() {
  await provider.listen();
  world.port = await freePort();
  world.write("identities.json", JSON.stringify({ oidc: { issuer: provider.issuer, audience: "orch", name: "email", grants: [{ claim: "groups", value: "orch-*", role: "operator" }],
    sign_in: { client_id: "orch-ui", address: `http://127.0.0.1:${world.port}`, label: "Bank ID" } } }));
  await world.serve("--identities", "identities.json");
  browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });

  for (const [width, theme] of [[390, "light"], [1280, "dark"]]) {
    // As through a proxy: nobody is the user who owns the server.
    const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme: theme, reducedMotion: "reduce" });
    context.setDefaultTimeout(120_000);
    await context.route(`${world.address}/**`, (/** @type {any} */ route) => route.continue({ headers: { ...route.request().headers(), "x-forwarded-for": "192.0.2.7" } }));
    const page = await context.newPage();
    const look = async (/** @type {string} */ name) => {
      await page.evaluate(axe);
      const found = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(found.violations.filter((/** @type {any} */ each) => ["serious", "critical"].includes(each.impact)).map((/** @type {any} */ each) => each.id), [], name);
      if (shots) await page.screenshot({ path: path.join(shots, `${name}-${width}-${theme}.png`) });
    };
    const button = page.getByRole("link", { name: "Sign in with Bank ID" });

    await page.goto(`${world.address}/ui/runs?status=failed`);
    await button.waitFor();
    assert.equal(await page.locator("input[name=token]").isVisible(), false);
    await look("sign-in");
    await button.click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByText("Nobody was signed in.").waitFor();
    assert.match(page.url(), /\/ui\/sign-in\?trouble=denied$/);
    await look("sign-in-denied");

    provider.groups = ["staff"];
    await button.click();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByText("may not use this server").waitFor();
    await look("sign-in-no-grant");
    await page.goto(`${world.address}/ui/sign-in?trouble=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await page.getByText("The sign-in has failed.").waitFor();
    assert.equal(await page.locator("img").count(), 0);

    // The page that was asked for is remembered over all that.
    provider.groups = ["orch-day"];
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByText("ann@example.com, operator").waitFor({ state: "attached" });
    assert.equal(page.url(), `${world.address}/ui/runs?status=failed`);
    const [cookie] = (await context.cookies()).filter((/** @type {any} */ each) => each.name.startsWith("orch_"));
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ["orch_session", true, "Strict"]);

    await context.clearCookies();
    await page.reload();
    await page.getByText("Use a token instead").click();
    const made = await world.run("token", "add", `ben-${width}`, "--role", "viewer");
    await page.locator("input[name=token]").fill(/** @type {any} */ (made).out.trim());
    await page.getByRole("button", { name: "Open a session" }).click();
    await page.getByText(`ben-${width}, viewer`).waitFor({ state: "attached" });
    await context.close();
    console.log(`ok      sign-in at ${width} pixels, ${theme}`);
  }
}

let code = 1;
try {
  await main();
  code = 0;
} catch (error) {
  console.log(`FAILED  ${error instanceof Error ? error.stack : error}`);
} finally {
  await browser?.close().catch(() => {});
  await world.stop();
  provider.server.close();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
