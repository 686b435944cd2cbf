// The web UI in Chromium against a real server with real runs; the files are named after what they look at.
//
//   node ui.mjs --orch build/dev/orch --modules build/ui-tests/node_modules [--shots FOLDER] [--only WORD]
//
// Exits with 77 (skipped) where the packages or Chromium are missing.
import "./screens.mjs";
import "./runs.mjs";
import "./run_pages.mjs";
import "./keyboard.mjs";
import "./connections.mjs";
import "./catalog.mjs";
import "./schedules.mjs";
import "./admin.mjs";
import "./hostile.mjs";
import "./live.mjs";
import { main } from "./harness.mjs";

await main();
