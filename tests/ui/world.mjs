// What the tests of the web UI look at: a real server over a store with real runs.
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

export const hostile = "<img src=x onerror=window.pwned=1>";
const tables = ["accounts", "bordereaux", "cash_calls", "cedents", "claims", "fx_rates", "layers", "premiums", "recoveries", "treaties"];

export class World {
  /** @param {string} orch @param {string} folder */
  constructor(orch, folder) {
    this.orch = orch;
    this.folder = folder;
    this.port = 0;
    this.env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, ORCH_STORE: path.join(folder, "orch.db"), TZ: "Europe/Berlin" };
    delete this.env.ORCH_CONFIG;
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  /** Runs orch; answers with its exit code and what it printed. @param {...string} words */
  run(...words) {
    return new Promise((resolve) => {
      execFile(this.orch, words, { cwd: this.folder, env: this.env, maxBuffer: 1 << 28 }, (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
    });
  }

  /** @param {number} night @param {string} table @param {number} rows */
  drop(night, table, rows) {
    const lines = Array.from({ length: rows }, (_, id) => `${id},${table} ${id},${night}.25`);
    this.write(`drop/${table}.csv`, `id,name,amount\n${lines.join("\n")}\n`);
  }

  /** A catalog of ten tables and one with a hostile key, loaded on several nights. @param {number} nights */
  async load(nights) {
    this.write("connections.json", JSON.stringify({ version: 1, connections: { ledger: { url: "csv:drop" }, warehouse: { url: "sqlite:warehouse.db" } } }));
    const entries = [...tables.map((table) => ({ key: table, source: { table }, checks: [{ min_rows: 1 }, { max_shrink_percent: 20 }] })),
      { key: hostile, source: { table: "treaties" }, target: { table: "hostile" } }];
    this.write("catalog.json", JSON.stringify({ version: 1, defaults: { source: { connection: "ledger" }, target: { connection: "warehouse" } }, tables: entries }));
    for (let night = 1; night <= nights; night += 1) {
      for (const [index, table] of tables.entries()) {
        const usual = 40 + 90 * index + 2 * night;
        const short = (table === "fx_rates" && night % 3 === 0) || (table === "cash_calls" && night === nights);
        this.drop(night, table, short ? 5 : usual);
      }
      if (night === nights) fs.rmSync(path.join(this.folder, "drop/recoveries.csv"));
      await this.run("submit", "replicate", "--input", '{"catalog":"catalog.json"}', "--name", `nightly-${String(night).padStart(2, "0")}`);
    }
  }

  /** A project of three pipelines: a nightly load, one whose source is down, and one that is paused. */
  async project() {
    const connections = { ledger: { url: "csv:drop", limits: { at_once: 4 } }, warehouse: { url: "sqlite:warehouse.db" }, archive: { url: "postgresql://loader@127.0.0.1:9/archive", wait_if_down: "1d" } };
    this.write("connections.json", JSON.stringify({ version: 1, connections }));
    this.write("project.json", JSON.stringify({ name: "reinsurance" }));
    this.write("workflows/purge.json", JSON.stringify({ StartAt: "Purge", States: { Purge: { Type: "Task", Resource: "orch:sql", End: true, Parameters: { connection: "archive", sql: "SELECT 1" } } } }));
    this.write("pipelines/nightly.json", JSON.stringify({ workflow: "replicate", input: { catalog: "catalog.json" }, triggers: { night: { schedule: "30 3 * * 1-5", zone: "Europe/Berlin" } } }));
    this.write("pipelines/purge.json", JSON.stringify({ workflow: "workflows/purge.json", overlap: "skip", triggers: { hourly: { schedule: "*/15 * * * *" } } }));
    this.write("pipelines/yearly.json", JSON.stringify({ workflow: "workflows/purge.json", triggers: { "new-year": { schedule: "0 0 1 1 *" } } }));
    const { code, err } = await this.run("deploy");
    if (code !== 0) throw new Error(err);
  }

  /** While the server runs: a connection is down, another is held, a pipeline is paused, and a token made. */
  async disturb() {
    await this.run("pipeline", "run", "purge");
    await this.holdLedger();
    await this.run("pipeline", "pause", "yearly", "--note", "until the archive is back");
    await this.run("token", "add", "grafana", "--role", "viewer", "--pipeline", "nightly", "--days", "30");
    await this.run("token", "add", hostile, "--role", "operator", "--days", "0");
  }

  holdLedger() {
    return this.run("hold", "ledger", "--reason", "the ledger is moved to another disk", "--mode", "drain");
  }

  /** Runs whose name, error and payload are markup; and one of 10,000 events. */
  async misuse() {
    this.write("hostile.json", JSON.stringify({ StartAt: hostile, States: {
      [hostile]: { Type: "Pass", Result: { [hostile]: `</script><script>window.pwned=1</script>${hostile}` }, Next: "End" },
      End: { Type: "Fail", Error: hostile, Cause: `${hostile} <script>window.pwned=1</script>` } } }));
    await this.run("submit", "hostile.json", "--input", JSON.stringify({ text: hostile }), "--name", "hostile");
    this.write("many.json", JSON.stringify({ StartAt: "Each", States: { Each: { Type: "Map", End: true, ItemsPath: "$.items",
      ItemProcessor: { StartAt: "One", States: { One: { Type: "Pass", End: true } } } } } }));
    this.write("items.json", JSON.stringify({ items: Array.from({ length: 2500 }, (_, index) => index) }));
    await this.run("submit", "many.json", "--input", "@items.json", "--name", "many");
    this.write("children.json", JSON.stringify({ StartAt: "Children", States: { Children: { Type: "Map", End: true, ItemsPath: "$.items", ToleratedFailurePercentage: 100, Label: "Children",
      ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, StartAt: "Check", States: {
        Check: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 95, Next: "Bad" }], Default: "Good" }, Good: { Type: "Pass", End: true },
        Bad: { Type: "Fail", Error: "Item.Bad", Cause: `${hostile} is not an item` } } } } } }));
    this.write("hundred.json", JSON.stringify({ items: Array.from({ length: 100 }, (_, index) => index) }));
    await this.run("submit", "children.json", "--input", "@hundred.json", "--name", "children");
    this.write("waits.json", JSON.stringify({ StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 86400, End: true } } }));
  }

  /** Starts the server, on the port it had before; answers when it listens. @param {...string} words */
  async serve(...words) {
    this.process = spawn(this.orch, ["serve", "--listen", `127.0.0.1:${this.port}`, ...words], { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    this.process.stderr?.on("data", (text) => { said += text; });
    const ended = new Promise((resolve) => this.process.once("exit", (code) => resolve(`orch serve ended with ${code}: ${said}`)));
    const address = await Promise.race([new Promise((resolve) => createInterface({ input: this.process.stdout }).once("line", resolve)), ended]);
    if (!String(address).startsWith("http")) throw new Error(String(address));
    this.address = String(address).trim();
    this.port = Number(new URL(this.address).port);
    this.ended = ended;
  }

  async stop() {
    if (!this.process) return;
    this.process.kill("SIGTERM");
    await this.ended;
    this.process = undefined;
  }
}
