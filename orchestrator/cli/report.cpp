// report: what a replication wrote about itself.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/block.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/render/time_column.h"
#include "orchestrator/json/members.h"
#include "orchestrator/store/open.h"
#include "orchestrator/view/table_runs.h"
#include "workers/replication/report/run_report.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;
using render::Tone;

struct ReportOptions {
  std::string run;
  bool html = false;
};

using Files = std::vector<std::string>;

Files files_of(store::Store& store, const store::ExecutionRow& row) {
  return view::overview_of(store, row.id).files;
}

Files find_files(store::Store& store, const std::string& run) {
  if (!run.empty()) {
    const auto row = store.find(run);
    auto files = files_of(store, row);
    if (files.empty())
      throw Error("ORCH-0203", fmt::format("run {} has written no report", row.made.name),
                  fmt::format("`orch status {}` shows how far it is", row.made.run_id));
    return files;
  }
  for (const auto& row : store.list({})) {
    if (!row.damage.empty()) continue;
    if (auto files = files_of(store, row); !files.empty()) return files;
  }
  throw Error("ORCH-0203", "none of the latest runs has written a report",
              "`orch report RUN` shows the one of an earlier run; `orch status` lists the runs");
}

// The report writes three files that differ in their endings.
std::string with_ending(const Files& files, std::string_view ending) {
  for (const auto& file : files)
    if (file.ends_with(ending)) return file;
  throw Error("ORCH-0002", fmt::format("the run has written no {} report", ending.substr(1)),
              fmt::format("it has written {}", files.front()));
}

replication::RunReport report_in(const bj::value& document) {
  replication::RunReport report;
  const auto text = [&](const char* name) { return json::text_member(document, name); };
  report.run = text("run");
  report.name = text("name");
  report.started = text("started");
  report.written = text("written");
  for (const auto& result : document.at("results").as_array())
    report.tables.push_back(replication::read_table(result, {}));
  for (const auto& failure : document.at("failures").as_array())
    for (auto& table : report.tables)
      if (const auto* see = failure.as_object().if_contains("readers_see");
          see && failure.at("key") == bj::value(table.key))
        table.readers_see = std::string(see->as_string());
  return report;
}

std::string checks_text(const replication::TableReport& table) {
  const auto passed = std::ranges::count_if(table.checks, &replication::CheckLine::passed);
  if (passed == std::ssize(table.checks)) return passed > 0 ? fmt::format("{} passed", passed) : "";
  return fmt::format("{} of {} failed", std::ssize(table.checks) - passed,
                     std::ssize(table.checks));
}

// The report has "2026-11-30 06:00:01 UTC"; other text stays.
std::optional<Instant> instant_of(std::string text) {
  constexpr std::string_view end = " UTC";
  if (!text.ends_with(end)) return std::nullopt;
  text.replace(text.size() - end.size(), end.size(), "Z");
  if (const auto gap = text.find(' '); gap != text.npos) text[gap] = 'T';
  return from_iso(text);
}

std::string local(const std::string& text, const render::Look& look) {
  const auto at = instant_of(text);
  return at ? render::instant_text(*at, look.utc) : text;
}

std::string tables_part(const replication::RunReport& report, const render::Look& look) {
  const bool narrow = render::narrower_than(100, look);
  const render::TimeColumn moment("ROWS AS OF", wall_now(), narrow, look);
  render::Grid grid({{"  TABLE", false, true},
                     {"RESULT", false, true},
                     moment.column(),
                     {"READ", true},
                     {"IN TARGET", true},
                     {"CHECKS"},
                     {"DURATION", true},
                     {"STRATEGY"}});
  for (const auto& table : report.tables) {
    const auto as_of = instant_of(table.as_of);
    grid.add({"  " + table.key,
              {table.verdict, table.failed ? Tone::bad : Tone::good},
              as_of ? moment.text(*as_of) : table.as_of,
              grouped(table.rows_read),
              table.failed ? "" : grouped(table.rows),
              checks_text(table),
              narrow ? "" : render::duration_text(Millis{table.milliseconds}),
              narrow ? "" : table.strategy});
  }
  return grid.empty() ? "" : render::heading("TABLES", look) + grid.text(look);
}

std::string failures_part(const replication::RunReport& report, const render::Look& look) {
  std::string out;
  for (const auto& table : report.tables) {
    if (!table.failed) continue;
    out += (out.empty() ? render::heading("FAILURES", look) : "\n") +
           render::toned(one_line(table.key), Tone::bad, look) + '\n';
    out += render::field("error", table.error, look, Tone::bad);
    out += render::field("cause", table.message, look);
    out += render::field("hint", table.hint, look, Tone::strong);
    if (!table.code.empty())
      out += render::field("code", fmt::format("{0} (`orch explain {0}`)", table.code), look);
    out += render::field("readers see", table.readers_see, look);
  }
  return out;
}

std::string page(const replication::RunReport& report, const render::Look& look) {
  const auto tone = report.failed().empty() ? Tone::good : Tone::bad;
  const auto run =
      report.name == report.run ? report.run : fmt::format("{} ({})", report.name, report.run);
  return render::toned(report.headline(), tone, look) + '\n' + render::field("run", run, look) +
         render::field("started", local(report.started, look), look) +
         render::field("written", local(report.written, look), look) +
         render::field("summary", report.summary(), look) + tables_part(report, look) +
         failures_part(report, look);
}

int show_report(const Context& context, const ReportOptions& options) {
  const auto store = store::open_as_reader(context.settings.value("store"));
  const auto files = find_files(*store, options.run);
  if (options.html) {
    write_all(context.out.file, read_text(with_ending(files, ".html")));
    return Exit::ok;
  }
  if (context.json() || context.out.terminal) {
    const auto file = with_ending(files, ".json");
    const auto document = parse_data(read_text(file), file);
    if (context.json())
      print_document(context, document);
    else
      context.print(page(report_in(document), context.out.look));
  } else {
    context.print(read_text(with_ending(files, ".md")));
  }
  context.say(fmt::format("orch: for a browser: {}", with_ending(files, ".html")));
  return Exit::ok;
}

}  // namespace

Action declare_report(Arguments& app) {
  const auto options = std::make_shared<ReportOptions>();
  app.add_option("run", options->run,
                 "id, unique beginning or ending of an id, name, or @last; default: the latest run "
                 "that wrote a report")
      ->type_name("RUN");
  app.add_flag("--html", options->html, "print the report for a browser");
  return [options](Context& context) { return show_report(context, *options); };
}

}  // namespace orch::cli
