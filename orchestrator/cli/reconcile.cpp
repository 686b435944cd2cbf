// reconcile: source and target of each table, as they are now.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/text.h"
#include "workers/catalog/catalog.h"
#include "workers/replication/as_of.h"
#include "workers/replication/audit/audit.h"
#include "workers/replication/open_ends.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct ReconcileOptions {
  std::string file = "catalog.json";
  std::vector<std::string> only;
  std::vector<std::string> tags;
  int pause = static_cast<int>(replication::default_pause.count());
};

/// What became of one table.
struct Compared {
  std::string key;
  std::optional<replication::AuditResult> result;
  std::string error;  ///< name, when it could not be compared; likewise the following
  std::string message;
  bj::value cause;

  bool differs() const { return result && !result->equal(); }
};

Compared compare(const catalog::Entry& entry, replication::OpenEnds& ends, int pause) {
  Compared compared{entry.key, {}, {}, {}, {}};
  const auto stop = [] { return interrupted(); };
  try {
    // The target first: opening it may switch its file to WAL, which no reader may hold up.
    auto& target = ends.target(entry.target_connection);
    auto& source = ends.source(entry.source_connection);
    const auto published = [&]() -> data::Source& {
      return ends.published(entry.target_connection);
    };
    compared.result = replication::audit(
        entry, {source, target, published},
        {[&] { replication::pause_for(std::chrono::seconds(pause), stop); }, stop});
  } catch (const workers::TaskFailed& failure) {
    compared.error = failure.error();
    compared.message = failure.what();
    compared.cause = json::parse(failure.cause());
  }
  // The key is printed before the message.
  if (compared.message.starts_with(entry.key + ": "))
    compared.message.erase(0, entry.key.size() + 2);
  return compared;
}

bj::object document_of(const Compared& compared) {
  if (compared.result) return replication::to_json(*compared.result);
  return {{"key", compared.key},
          {"equal", nullptr},
          {"error", compared.error},
          {"cause", compared.cause}};
}

std::string number(std::int64_t count) { return count == 0 ? "" : render::count_text(count); }

void add_row(render::Grid& grid, const Compared& compared) {
  using render::Tone;
  if (!compared.result) {
    grid.add({compared.key, {"not compared", Tone::bad}, "", "", "", "", "", "", ""});
    return;
  }
  const auto& [key, source, target, found, last, ms] = *compared.result;
  const bool equal = compared.result->equal();
  grid.add({key, equal ? render::Cell{"equal", Tone::good} : render::Cell{"differs", Tone::bad},
            render::count_text(source.digest.rows), render::count_text(target.digest.rows),
            number(found.missing), number(found.extra), number(found.different), number(found.kept),
            number(found.changing)});
}

/// "9 rows missing, 1 extra"
std::string counts_text(const replication::Differences& found) {
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t count, std::string_view name) {
    if (count > 0)
      parts.push_back(parts.empty() ? fmt::format("{} {}", render::plural(count, "row"), name)
                                    : fmt::format("{} {}", render::count_text(count), name));
  };
  add(found.missing, "missing in the target");
  add(found.extra, "extra in the target");
  add(found.different, "different");
  return fmt::format("{}{}", found.all ? "" : "at least ", fmt::join(parts, ", "));
}

class Lines {
 public:
  explicit Lines(const render::Look& look) : look_(look) {}

  void head(const std::string& key, const std::string& text) {
    lines_ += fmt::format("\n{}: {}\n", render::toned(one_line(key), render::Tone::strong, look_),
                          render::wrapped(one_line(text), room(key.size() + 2), 2));
  }
  void add(const std::string& text) {
    lines_ += "  " + render::wrapped(one_line(text), room(2), 4) + "\n";
  }
  const std::string& text() const { return lines_; }

 private:
  std::size_t room(std::size_t taken) const {
    return look_.width > taken + 20 ? look_.width - taken : look_.width;
  }

  render::Look look_;
  std::string lines_;
};

/// "source as of …, target as of …; last load as of …, published … by nightly"
void add_moments(const replication::AuditResult& result, Lines& lines) {
  lines.add(fmt::format("source as of {}", replication::as_of_text(result.source.as_of)));
  lines.add(fmt::format("target as of {}", replication::as_of_text(result.target.as_of)));
  const auto* load = result.last_load.if_object();
  if (!load) return lines.add("no load of the table is published");
  const auto text = replication::as_of_text(load->at("as_of"));
  lines.add(fmt::format("the last load, by run {}, is as of {}",
                        std::string_view(load->at("run_name").as_string()),
                        text.empty() ? std::string(load->at("published_at").as_string()) : text));
}

void add_details(const Compared& compared, Lines& lines) {
  if (!compared.result) {
    lines.head(compared.key, fmt::format("{}: {}", compared.error, compared.message));
    if (const auto* hint = compared.cause.as_object().if_contains("hint"))
      lines.add(fmt::format("hint: {}", std::string_view(hint->as_string())));
    return;
  }
  const auto& result = *compared.result;
  if (result.equal()) return;
  lines.head(compared.key, counts_text(result.found));
  for (const auto& example : result.found.examples) lines.add(replication::sentence(example));
  const auto named = static_cast<std::int64_t>(result.found.examples.size());
  if (result.found.count() > named)
    lines.add(fmt::format("and {}{} more", result.found.all ? "" : "at least ",
                          render::count_text(result.found.count() - named)));
  add_moments(result, lines);
}

void print(const Context& context, const std::vector<Compared>& all) {
  if (context.json()) {
    bj::array documents;
    for (const auto& compared : all) documents.push_back(document_of(compared));
    print_documents(context, documents);
    return;
  }
  render::Grid grid({{"TABLE", false, true},
                     {"RESULT"},
                     {"SOURCE", true},
                     {"TARGET", true},
                     {"MISSING", true},
                     {"EXTRA", true},
                     {"DIFFERENT", true},
                     {"KEPT", true},
                     {"CHANGING", true}});
  auto look = context.out.look;
  look.width = context.out.width();
  Lines lines(look);
  for (const auto& compared : all) {
    add_row(grid, compared);
    add_details(compared, lines);
  }
  context.print(grid.text(look) + lines.text());
}

/// Says which table is being compared: they may be large.
void say_progress(const Context& context, LiveArea& area, std::size_t at, std::size_t count,
                  const std::string& key) {
  if (context.err.terminal)
    area.draw({render::fit(fmt::format("comparing {} ({} of {})", key, at + 1, count),
                           context.err.width())});
}

void say_way_on(const Context& context, const ReconcileOptions& options,
                const std::vector<std::string>& differ) {
  const auto connections = connections_file(context.settings);
  // A run's input names the catalog as seen from the folder of the connections.
  const auto catalog = std::filesystem::absolute(options.file)
                           .lexically_relative(std::filesystem::path(connections).parent_path());
  context.say("orch: what was written to a source since its last load differs until the next one");
  context.say(fmt::format(
      "orch: load them again: orch submit replicate --connections {} --input {}",
      shell_word(connections),
      shell_word(json::write(bj::object{{"catalog", catalog.string()},
                                        {"only", bj::array(differ.begin(), differ.end())}}))));
}

int summary(const Context& context, const ReconcileOptions& options,
            const std::vector<Compared>& all) {
  std::vector<std::string> differ;
  std::int64_t failed = 0;
  for (const auto& compared : all) {
    if (compared.differs()) differ.push_back(compared.key);
    if (!compared.result) ++failed;
  }
  const auto tables = static_cast<std::int64_t>(all.size());
  const auto count = static_cast<std::int64_t>(differ.size());
  context.say(
      fmt::format("{}: {}, {} equal{}{}", options.file, render::plural(tables, "table"),
                  render::count_text(tables - count - failed),
                  count == 0 ? "" : fmt::format(", {} differ{}", count, count == 1 ? "s" : ""),
                  failed == 0 ? "" : fmt::format(", {} not compared", failed)));
  if (!differ.empty()) say_way_on(context, options, differ);
  if (!differ.empty()) return Exit::run_failed;
  return failed == 0 ? Exit::ok : Exit::failure;
}

int reconcile(const Context& context, const ReconcileOptions& options) {
  const auto entries = catalog::choose(catalog::load_catalog(options.file),
                                       catalog::choice_of(options.only, options.tags));
  const auto connections = load_connections(context);
  replication::OpenEnds ends(connections);
  catch_interrupts();
  std::vector<Compared> all;
  {
    LiveArea area(context.err);
    for (const auto& entry : entries) {
      say_progress(context, area, all.size(), entries.size(), entry.key);
      try {
        all.push_back(compare(entry, ends, options.pause));
      } catch (const workers::Cancelled&) {
        area.clear();
        context.say("orch: interrupted; nothing was changed");
        return Exit::interrupted;
      }
    }
    area.clear();
  }
  print(context, all);
  return summary(context, options, all);
}

}  // namespace

Action declare_reconcile(Arguments& app) {
  const auto options = std::make_shared<ReconcileOptions>();
  app.add_option("catalog", options->file, "default: catalog.json")->type_name("FILE");
  app.add_option("--only", options->only, "metadata keys, or patterns with * and ?")
      ->type_name("KEY,…")
      ->delimiter(',');
  app.add_option("--tags", options->tags, "tables with one of these tags")
      ->type_name("TAG,…")
      ->delimiter(',');
  app.add_option("--pause", options->pause,
                 "between two looks at what differs, for a target that follows its source; "
                 "default: 2")
      ->type_name("SECONDS")
      ->between(0, 3'600);
  add_setting(app, "connections");
  return [options](Context& context) { return reconcile(context, *options); };
}

}  // namespace orch::cli
