// tables: how old they are and how they fared, across runs.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/table_pages.h"
#include "orchestrator/cli/render/tables_document.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/when.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/view/document.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct TablesOptions {
  std::string key;
  std::string workflow;
  std::string since;
  std::string older_than;
  bool html = false;
  std::string mail;
  std::int64_t limit = 50;
};

store::ListFilter filter_of(const TablesOptions& options, Instant now, bool utc) {
  store::ListFilter filter;
  filter.limit = options.limit;
  if (!options.workflow.empty()) filter.workflow = options.workflow;
  if (!options.since.empty()) filter.not_before = parse_when("--since", options.since, now, utc);
  return filter;
}

/// --older-than: an empty one is none.
std::optional<Instant> oldest(const TablesOptions& options, Instant now, bool utc) {
  if (options.older_than.empty()) return std::nullopt;
  return parse_when("--older-than", options.older_than, now, utc);
}

bool is_old(const view::TableState& state, Instant oldest) {
  return !state.loaded || state.loaded->load->moment() < oldest;
}

void say_what_was_read(const Context& context, const view::TableRuns& found,
                       const TablesOptions& options) {
  for (const auto& run : found.damaged)
    context.complain(
        fmt::format("orch: run {0} is damaged and left out; `orch status {0}`\n", run));
  if (found.runs.empty() && options.key.empty())
    context.say("orch: no run has worked on a table");
  else if (found.read == options.limit)
    context.say(
        fmt::format("orch: of the latest {}; -n looks at more", render::plural(found.read, "run")));
}

// A wrong key is told by the tables that these runs know.
void require_known(store::Store& store, const store::ListFilter& filter, const std::string& key) {
  std::set<std::string> keys;
  for (const auto& run : view::table_runs(store, filter, {}).runs) keys.insert(run.table.key);
  throw Error("ORCH-0001",
              fmt::format("no run has worked on a table \"{}\"{}", key,
                          did_you_mean(key, {keys.begin(), keys.end()})),
              "`orch tables` lists them; -n looks at more runs");
}

int show_one(const Context& context, store::Store& store, const TablesOptions& options,
             Instant now) {
  const auto filter = filter_of(options, now, context.out.look.utc);
  const auto found = view::table_runs(store, filter, options.key);
  if (found.runs.empty()) require_known(store, filter, options.key);
  if (context.json()) {
    bj::array documents;
    for (const auto& run : found.runs) documents.push_back(view::table_run_document(run, now));
    print_documents(context, documents);
  } else {
    context.print(render::table_runs_page(found.runs, now, context.out.look));
  }
  say_what_was_read(context, found, options);
  return Exit::ok;
}

view::TableBrief brief_of(const view::TableRun& run, Instant now) {
  store::ExecutionRow row;
  row.made.run_id = run.run;
  row.made.name = run.name;
  row.made.workflow = run.workflow;
  row.made.connections = run.connections;
  row.made.started_at = run.started;
  return view::brief_of(row, run.table, now);
}

std::vector<view::TableNow> tables_now(std::span<const view::TableState> states, Instant now) {
  std::vector<view::TableNow> tables;
  for (const auto& state : states) {
    auto& table = tables.emplace_back(view::TableNow{brief_of(*state.latest, now), {}, {}});
    if (state.loaded) table.loaded = brief_of(*state.loaded, now);
    if (state.before) table.before = brief_of(*state.before, now);
  }
  return tables;
}

// A header of a mail is a line: what is more would be headers of somebody else's.
void require_address(const std::string& address) {
  if (std::ranges::any_of(address, [](unsigned char c) { return c < ' ' || c == 127; }))
    throw Error("ORCH-0001", "--mail is not an address: there is a control character in it");
}

void print_page(const Context& context, std::span<const view::TableState> states,
                const TablesOptions& options, Instant now) {
  const auto tables = tables_now(states, now);
  if (!options.mail.empty()) {
    require_address(options.mail);
    context.print(
        fmt::format("To: {}\nSubject: {}\nMIME-Version: 1.0\n"
                    "Content-Type: text/html; charset=utf-8\n"
                    "Content-Transfer-Encoding: 8bit\n\n",
                    options.mail, render::tables_headline(tables, now)));
  }
  context.print(render::tables_document(tables, now, context.out.look));
}

int show_all(const Context& context, store::Store& store, const TablesOptions& options,
             Instant now) {
  const auto limit = oldest(options, now, context.out.look.utc);
  const auto found = view::table_runs(store, filter_of(options, now, context.out.look.utc), {});
  auto states = view::table_states(found.runs);
  if (limit) std::erase_if(states, [&](const auto& state) { return !is_old(state, *limit); });
  if (options.html || !options.mail.empty()) {
    print_page(context, states, options, now);
  } else if (context.json()) {
    bj::array documents;
    for (const auto& state : states) documents.push_back(view::table_state_document(state, now));
    print_documents(context, documents);
  } else {
    context.print(render::table_states_page(states, limit, now, context.out.look));
  }
  say_what_was_read(context, found, options);
  return limit && !states.empty() ? Exit::run_failed : Exit::ok;
}

int show_tables(const Context& context, const TablesOptions& options) {
  const auto store = store::open_for_people(context.settings.value("store"));
  const auto now = wall_now();
  return options.key.empty() ? show_all(context, *store, options, now)
                             : show_one(context, *store, options, now);
}

}  // namespace

Action declare_tables(Arguments& app) {
  const auto options = std::make_shared<TablesOptions>();
  auto key = app.add_option("key", options->key,
                            "metadata key of a table: show its runs; none: list the tables")
                 ->type_name("KEY");
  app.add_option("--older-than", options->older_than,
                 "list only tables whose rows are older, or were never loaded: 26h, 2d, yesterday, "
                 "06:00; the exit code is 3 when there are any")
      ->type_name("TIME")
      ->excludes(key);
  app.add_flag("--html", options->html,
               "print a page for a browser: whether the tables are right, and why not")
      ->excludes(key);
  app.add_option("--mail", options->mail,
                 "print that page as a mail to this address, for `sendmail -t`")
      ->type_name("ADDRESS")
      ->excludes(key);
  app.add_option("--workflow", options->workflow, "look at runs of this workflow only")
      ->type_name("NAME");
  app.add_option("--since", options->since, "look at runs started then or later, as `orch status`")
      ->type_name("TIME");
  app.add_option("-n,--limit", options->limit, "look at so many runs, the latest; default 50")
      ->type_name("N")
      ->positive();
  return [options](Context& context) { return show_tables(context, *options); };
}

}  // namespace orch::cli
