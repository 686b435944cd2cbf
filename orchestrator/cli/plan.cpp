// plan: what a run would do with each table of a catalog.
#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/store/open.h"
#include "orchestrator/view/table_runs.h"
#include "workers/replication/catalog_check.h"
#include "workers/replication/plan_document.h"
#include "workers/replication/table_task.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using replication::TablePlan;

constexpr std::int64_t runs_looked_at = 50;

/// How the latest load of a table fared.
struct Earlier {
  std::string run;
  std::int64_t rows = 0;
  Millis duration{};
};

class EarlierRuns {
 public:
  explicit EarlierRuns(const Context& context) {
    try {
      const auto store = store::open_as_reader(context.settings.value("store"));
      store::ListFilter filter;
      filter.limit = runs_looked_at;
      runs_ = view::table_runs(*store, filter, {}).runs;
    } catch (const Error& error) {
      if (error.code() != "ORCH-0208") throw;  // there were none
    }
  }

  std::optional<Earlier> of(const std::string& key) const {
    const auto found = std::ranges::find_if(
        runs_, [&](const auto& run) { return run.table.key == key && run.load; });
    if (found == runs_.end()) return std::nullopt;
    const auto& table = found->table;
    return Earlier{found->run, found->load->rows,
                   table.duration(table.last().value_or(found->started))};
  }

 private:
  std::vector<view::TableRun> runs_;  ///< the newest first
};

std::string size_text(std::int64_t bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < units.size(); ++unit) size /= 1000;
  return fmt::format("{:.{}f} {}", size, size < 10 ? 1 : 0, units[unit]);
}

bj::object document_of(const TablePlan& table, const std::optional<Earlier>& earlier) {
  auto out = replication::plan_document(table);
  if (earlier)
    out["earlier"] = {
        {"run", earlier->run}, {"rows", earlier->rows}, {"duration_ms", earlier->duration.count()}};
  return out;
}

void add_row(render::Grid& grid, const TablePlan& table, const std::optional<Earlier>& earlier) {
  const auto number = [](const auto& value, const auto& text) {
    return value ? text(*value) : std::string();
  };
  std::vector<render::Cell> cells{table.entry.key};
  if (table.plan) {
    const auto& source = table.plan->request.source;
    cells.insert(cells.end(),
                 {std::string(replication::method_of(table.plan->format)),
                  table.plan->request.parts > 1 ? std::to_string(table.plan->request.parts) : "",
                  table.publish.method, std::string(replication::lock_name(table.publish.lock)),
                  number(source.estimated_rows, render::count_text),
                  number(source.estimated_bytes, size_text), table.after.value_or("")});
  } else {
    cells.resize(8);
    cells[1] = table.problems.empty() ? render::Cell("no files yet")
                                      : render::Cell("refused", render::Tone::bad);
  }
  cells.emplace_back(earlier ? render::duration_text(earlier->duration) : "");
  grid.add(std::move(cells));
}

void print_page(const Context& context, const std::vector<TablePlan>& tables,
                const EarlierRuns& earlier) {
  render::Grid grid({{"TABLE", false, true},
                     {"METHOD"},
                     {"PARTS", true},
                     {"PUBLISH"},
                     {"LOCK"},
                     {"ROWS", true},
                     {"SIZE", true},
                     {"AFTER", false, true},
                     {"LAST TOOK", true}});
  for (const auto& table : tables) add_row(grid, table, earlier.of(table.entry.key));
  context.print(grid.text(context.out.look));
  if (tables.size() == 1 && tables.front().plan) {
    render::Grid columns({{"COLUMN", false, true},
                          {"TYPE", false, true},
                          {"BECOMES", false, true},
                          {"AS", false, true},
                          {"REFUSES", false, true},
                          {"LOSES", false, true}});
    for (const auto& each : replication::plan_columns(*tables.front().plan)) {
      const auto& column = each.as_object();
      const auto text = [&](const char* name) { return std::string(column.at(name).as_string()); };
      columns.add({text("source"), text("source_type"), text("target"), text("target_type"),
                   text("may_refuse"), text("may_lose")});
    }
    context.print("\n" + columns.text(context.out.look));
  }
  for (const auto& table : tables) {
    for (const auto& problem : table.problems) {
      context.say(fmt::format("orch: {}: {}", table.entry.key, problem.message));
      if (!problem.hint.empty()) context.say("  hint  " + problem.hint);
    }
    const auto advice = table.plan ? replication::parts_advice(*table.plan) : "";
    if (!advice.empty()) context.say(fmt::format("orch: {}: {}", table.entry.key, advice));
  }
}

int plan(const Context& context, const CatalogChoice& options) {
  const auto catalog = catalog::load_catalog(options.file);
  const auto tables =
      replication::plan_catalog(catalog, chosen(catalog, options), load_connections(context));
  const EarlierRuns earlier(context);
  if (context.json()) {
    bj::array documents;
    for (const auto& table : tables)
      documents.push_back(document_of(table, earlier.of(table.entry.key)));
    print_documents(context, documents);
  } else {
    print_page(context, tables, earlier);
  }
  const bool clean =
      std::ranges::all_of(tables, [](const TablePlan& table) { return table.problems.empty(); });
  return clean ? Exit::ok : Exit::failure;
}

}  // namespace

Action declare_plan(Arguments& app) {
  const auto options = std::make_shared<CatalogChoice>();
  add_catalog_choice(app, *options);
  add_setting(app, "connections");
  return [options](Context& context) { return plan(context, *options); };
}

}  // namespace orch::cli
