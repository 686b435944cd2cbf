// status: the runs, or one of them, beside the store's owner.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/program.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/when.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/relations.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using execution::Status;

/// A word of view::status_word(), and the status in the store of the runs that have it.
struct StatusName {
  std::string_view word;
  Status status;
};
constexpr std::array status_names = {
    StatusName{"running", Status::running},   StatusName{"waiting", Status::running},
    StatusName{"paused", Status::running},    StatusName{"interrupted", Status::running},
    StatusName{"set_aside", Status::running}, StatusName{"succeeded", Status::succeeded},
    StatusName{"failed", Status::failed},     StatusName{"timed_out", Status::timed_out},
    StatusName{"stopped", Status::aborted},
};
constexpr std::string_view stopped_in_json = "aborted";

struct StatusOptions {
  std::string run;
  std::string only;
  std::string workflow;
  std::string pipeline;
  std::string since;
  std::string until;
  std::int64_t limit = 20;
  bool failed = false;
  bool full = false;
};

const StatusName& status_name(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
  if (word == stopped_in_json) word = "stopped";
  std::vector<std::string> known;
  for (const auto& name : status_names) {
    if (name.word == word) return name;
    known.emplace_back(name.word);
  }
  throw Error("ORCH-0001", fmt::format("--only is \"{}\"{}", word, did_you_mean(word, known)),
              fmt::format("one of: {}", fmt::join(known, ", ")));
}

store::ListFilter filter_of(const StatusOptions& options, bool utc) {
  store::ListFilter filter;
  filter.limit = options.limit;
  const auto now = wall_now();
  if (!options.workflow.empty()) filter.workflow = options.workflow;
  if (!options.pipeline.empty()) filter.pipeline = options.pipeline;
  if (!options.since.empty()) filter.not_before = parse_when("--since", options.since, now, utc);
  if (!options.until.empty()) filter.before = parse_when("--until", options.until, now, utc);
  return filter;
}

void only_latest(std::vector<store::ExecutionRow>& rows, std::int64_t limit) {
  if (static_cast<std::int64_t>(rows.size()) > limit) rows.resize(static_cast<std::size_t>(limit));
}

std::vector<store::ExecutionRow> rows_with_word(store::Store& store, store::ListFilter filter,
                                                const std::string& only, bool owned) {
  const auto& [word, status] = status_name(only);
  filter.status = status;
  if (status != Status::running) return store.list(filter);
  // What a run under way is called is not all in the store; there are few.
  const auto limit = filter.limit;
  filter.limit = -1;
  filter.children = filter.paused = word == "set_aside";  // parts are set aside by themselves
  auto rows = store.list(filter);
  std::erase_if(rows, [owned, &word = word](const auto& row) {
    return view::status_word(row, owned) != word;
  });
  only_latest(rows, limit);
  return rows;
}

std::vector<store::ExecutionRow> failed_rows(store::Store& store, store::ListFilter filter) {
  std::vector<store::ExecutionRow> rows;
  for (const auto status : {Status::failed, Status::timed_out}) {
    filter.status = status;
    auto more = store.list(filter);
    std::ranges::move(more, std::back_inserter(rows));
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) {
    return std::pair(a.made.started_at, a.id) > std::pair(b.made.started_at, b.id);
  });
  only_latest(rows, filter.limit);
  return rows;
}

int list_runs(const Context& context, store::Store& store, const StatusOptions& options) {
  const bool owned = store::owner_of(context.settings.value("store")).has_value();
  const auto filter = filter_of(options, context.out.look.utc);
  const auto rows = options.failed         ? failed_rows(store, filter)
                    : options.only.empty() ? store.list(filter)
                                           : rows_with_word(store, filter, options.only, owned);
  if (context.json()) {
    bj::array documents;
    for (const auto& row : rows) {
      auto document = view::run_document(row, wall_now(), false);
      if (view::interrupted(row, owned)) document["interrupted"] = true;
      documents.push_back(std::move(document));
    }
    print_documents(context, documents);
    return Exit::ok;
  }
  context.print(render::runs_page(rows, wall_now(), owned, context.out.look));
  if (rows.empty()) context.say("orch: no runs");
  if (static_cast<std::int64_t>(rows.size()) == options.limit)
    context.say(
        fmt::format("orch: the latest {}; -n shows more", render::plural(options.limit, "run")));
  return Exit::ok;
}

int show_run(const Context& context, store::Store& store, const StatusOptions& options) {
  RunReader run(store, options.run);
  auto view = run.view(store::owner_of(context.settings.value("store")).value_or(""));
  if (run.row().status == Status::running) view.parts_aside = engine::parts_aside(store, run.row());
  view.children = view::children_of(store, run.row(), view.overview);
  if (context.json()) {
    print_document(context, view::run_document(view));
  } else {
    context.print(render::run_page(view, options.full, context.out.look));
  }
  return Exit::ok;
}

int show_status(const Context& context, const StatusOptions& options) {
  const auto store = store::open_for_people(context.settings.value("store"));
  return options.run.empty() ? list_runs(context, *store, options)
                             : show_run(context, *store, options);
}

}  // namespace

std::vector<std::string> status_words() {
  std::vector<std::string> words;
  for (const auto& name : status_names) words.emplace_back(name.word);
  return words;
}

Action declare_status(Arguments& app) {
  const auto options = std::make_shared<StatusOptions>();
  auto run = app.add_option("run", options->run,
                            "id, unique beginning or ending of an id, name, or @last; none: list "
                            "the runs")
                 ->type_name("RUN");
  app.add_flag("--full", options->full, "show the whole input and output of RUN")->needs(run);
  auto only = app.add_option("--only", options->only,
                             "list only runs with this word in the column STATUS; running, "
                             "waiting, paused, interrupted, set_aside, succeeded, failed, "
                             "timed_out or stopped")
                  ->type_name("STATUS");
  app.add_flag("--failed", options->failed, "list only runs that failed or timed out")
      ->excludes(only);
  app.add_option("--workflow", options->workflow, "list only runs of this workflow")
      ->type_name("NAME");
  app.add_option("--pipeline", options->pipeline, "list only runs of this pipeline")
      ->type_name("NAME");
  app.add_option("--since", options->since,
                 "list only runs started then or later: 2h, 7d, today, yesterday, 06:00, "
                 "2026-11-30, \"2026-11-30 06:00\", 2026-11-30T06:00:00Z")
      ->type_name("TIME");
  app.add_option("--until", options->until, "list only runs started before")->type_name("TIME");
  app.add_option("-n,--limit", options->limit, "list at most so many runs; default 20")
      ->type_name("N")
      ->positive();
  return [options](Context& context) { return show_status(context, *options); };
}

}  // namespace orch::cli
