#include "orchestrator/host/target_doctor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/members.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/store.h"
#include "workers/connectors/connections.h"
#include "workers/replication/evidence_check.h"
#include "workers/worker.h"

namespace orch::host {
namespace {

namespace bj = boost::json;
using replication::EvidenceCheck;

/// Of a distributed map: its children are alike.
constexpr std::int64_t most_children = 100;

/// Connections by the files that name them.
using Targets = std::map<std::string, std::set<std::string>>;

/// The target connection of the table that a task works on; empty: it works on none.
std::string target_in(const execution::Event& event) {
  if (execution::task_stage(event.type) != execution::TaskStage::scheduled || !event.payload)
    return {};
  // Most tasks of a large map name none; looking at the text is cheaper than parsing it.
  if (event.payload->text().find("\"target\"") == std::string::npos) return {};
  const auto* parameters = event.payload->value().if_object();
  const auto* table = parameters ? parameters->if_contains("table") : nullptr;
  const auto* entry = table ? table->if_object() : nullptr;
  const auto* target = entry ? entry->if_contains("target") : nullptr;
  return target ? json::text_member(*target, "connection") : std::string();
}

void add_targets(store::Store& store, const store::ExecutionRow& row, Targets& to) {
  if (row.made.connections.empty() || !row.damage.empty()) return;
  try {
    store.history(row.id, 0, [&](const execution::Event& event) {
      if (auto name = target_in(event); !name.empty())
        to[row.made.connections].insert(std::move(name));
    });
    for (const auto& map : store.map_runs(row.id))
      for (const auto& child : store.children(row.id, map.event, 0, most_children))
        add_targets(store, child, to);
  } catch (const Error& error) {
    if (error.code() != "ORCH-0206") throw;  // the examination of the store tells of it
  }
}

Targets targets_of(store::Store& store, std::int64_t runs) {
  Targets targets;
  for (const auto& row : store.list({.limit = runs})) add_targets(store, row, targets);
  return targets;
}

/// What the store says of a run that has left something.
enum class Need : std::uint8_t { active, resumable, finished, unknown };

Need need_of(store::Store& store, const std::string& run) {
  try {
    const auto row = store.find_unchecked(run);
    if (row.made.run_id != run) return Need::unknown;
    if (row.status == execution::Status::running) return Need::active;
    return row.status == execution::Status::succeeded ? Need::finished : Need::resumable;
  } catch (const Error& error) {
    if (error.code() == "ORCH-0203") return Need::unknown;
    throw;
  }
}

std::string load_text(const data::PublishedRecord& evidence) {
  const bool named = !evidence.run_name.empty() && evidence.run_name != evidence.run;
  return fmt::format("the load of run {} ({}{})", named ? evidence.run_name : evidence.run,
                     named ? evidence.run + ", " : "", evidence.published_at);
}

std::string difference_text(const EvidenceCheck& check) {
  const auto& evidence = *check.evidence;
  switch (check.result) {
    case EvidenceCheck::Result::gone:
      return fmt::format("the table is gone; {} left {} rows in it", load_text(evidence),
                         evidence.total_rows);
    case EvidenceCheck::Result::count:
      return fmt::format("found {} rows, expected {} as {} left them", check.found.rows,
                         evidence.total_rows, load_text(evidence));
    case EvidenceCheck::Result::digest:
      return fmt::format("found {} rows with digest {}, expected digest {} of {}", check.found.rows,
                         check.found.hex(), evidence.digest.hex(), load_text(evidence));
    default:
      return fmt::format("the columns are others than those of {}: its rows were only counted",
                         load_text(evidence));
  }
}

/// One target of a store.
class TargetLook {
 public:
  TargetLook(store::Store& store, std::string name, data::Target& target,
             const TargetExamination& how, std::vector<Finding>& found)
      : store_(store), name_(std::move(name)), target_(target), how_(how), found_(found) {}

  void all() {
    std::vector<data::TableBooks> books;
    for (const auto& table : target_.tables_with_books()) {
      stop_if_asked();
      books.push_back(target_.books(table));
    }
    for (const auto& each : books) leftovers(each);
    evidence(std::move(books));
    if (resumable_ > 0)
      tell("leftovers", Severity::well,
           fmt::format("{}: {} wait for `orch resume` of runs that failed or were stopped", name_,
                       count(resumable_, "staged load")));
    if (foreign_ > 0)
      tell("leftovers", Severity::well,
           fmt::format("{}: {} of other run stores, whose runs are not known here", name_,
                       count(foreign_, "staged load")));
  }

 private:
  void tell(std::string subject, Severity severity, std::string what, std::string hint = {}) {
    found_.push_back({std::move(subject), severity, std::move(what), std::move(hint)});
  }

  void stop_if_asked() const {
    if (how_.stop()) throw workers::Cancelled();
  }

  static std::string count(std::int64_t number, const std::string& thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
  }

  std::string at(const data::TableName& table) const {
    return fmt::format("{}: {}", name_, table.display());
  }

  void evidence(std::vector<data::TableBooks> books) {
    std::erase_if(books, [](const auto& each) { return !each.published; });
    std::ranges::stable_sort(books, [](const auto& left, const auto& right) {
      return left.published->published_at > right.published->published_at;
    });
    const auto all = static_cast<std::int64_t>(books.size());
    if (how_.tables > 0 && how_.tables < all) books.resize(static_cast<std::size_t>(how_.tables));
    std::int64_t equal = 0;
    std::int64_t digested = 0;
    for (const auto& each : books) {
      const auto check = compare(each.table);
      if (check.result == EvidenceCheck::Result::equal) ++equal;
      if (check.digested) ++digested;
    }
    const auto looked = static_cast<std::int64_t>(books.size());
    if (all == 0) return tell("evidence", Severity::well, name_ + ": no table was published");
    tell("evidence", Severity::well,
         fmt::format(
             "{}: {} of {} as their last loads left them, {}{}", name_, equal,
             count(looked, "table"),
             digested == 0 ? "by count" : fmt::format("{} by digest", digested),
             looked == all ? "" : fmt::format("; {} more were not looked at", all - looked)));
  }

  EvidenceCheck compare(const data::TableName& table) {
    using Result = EvidenceCheck::Result;
    const auto check = replication::check_evidence(
        target_, table, how_.digests ? replication::Depth::digest : replication::Depth::count,
        how_.stop);
    if (check.result == Result::equal || check.result == Result::never_published) return check;
    if (check.result == Result::unlike)
      tell("evidence", Severity::warning, at(table) + ": " + difference_text(check),
           "the next load is planned for the columns as they are now");
    else
      tell("evidence", Severity::error, at(table) + ": " + difference_text(check),
           "another program has written to it: `orch reconcile` names the rows, and a load that "
           "replaces the table writes them again");
    return check;
  }

  void leftovers(const data::TableBooks& books) {
    const auto before = unneeded(books);
    if (before.empty()) return;
    if (!how_.clean)
      return tell("leftovers", Severity::warning, at(books.table) + ": " + before,
                  "`orch doctor --clean` removes it");
    const bool removed = target_.remove_staged(books);
    const auto left = removed ? unneeded(target_.books(books.table)) : before;
    if (left.empty())
      tell("leftovers", Severity::well, fmt::format("{}: removed: {}", at(books.table), before));
    else
      tell("leftovers", Severity::warning,
           fmt::format("{}: {}; it is in use and was left alone", at(books.table), left),
           "`orch doctor --clean` again, when no session is at the table");
  }

  /// What there is of the table that no run needs; empty: nothing.
  std::string unneeded(const data::TableBooks& books) {
    if (books.staged && is_needed(books)) return {};
    std::string what;
    if (books.staged)
      what = fmt::format("the staged load {} of run {}", books.staged->id, books.staged->run);
    if (books.abandoned.empty() || !may_drop(books)) return what;
    for (const auto& table : books.abandoned)
      what += fmt::format("{}the staging table {}", what.empty() ? "" : ", ", table);
    return what;
  }

  bool is_needed(const data::TableBooks& books) {
    if (books.staged->store != store_.store_id()) {
      ++foreign_;
      return true;
    }
    const auto need = need_of(store_, books.staged->run);
    if (need == Need::resumable) ++resumable_;
    return need == Need::active || need == Need::resumable;
  }

  /// A load that is under way fills a staging table that no row names yet.
  bool may_drop(const data::TableBooks& books) {
    return books.latest.store == store_.store_id() &&
           (books.latest.run.empty() || need_of(store_, books.latest.run) != Need::active);
  }

  store::Store& store_;
  std::string name_;
  data::Target& target_;
  const TargetExamination& how_;
  std::vector<Finding>& found_;
  std::int64_t resumable_ = 0;
  std::int64_t foreign_ = 0;
};

Finding silent(const std::string& what) {
  return {"targets", Severity::warning, what, "`orch connection test` tries it alone"};
}

void examine_file(store::Store& store, const std::string& file, const std::set<std::string>& names,
                  const TargetExamination& how, std::vector<Finding>& found) {
  std::optional<connectors::Connections> connections;
  try {
    connections.emplace(connectors::Connections::load(file));
  } catch (const std::exception& error) {
    found.push_back(
        {"targets", Severity::warning, error.what(), "runs used these connections: " + file});
    return;
  }
  for (const auto& name : names) {
    try {
      const auto target = connections->open_target(name, how.stop);
      TargetLook(store, name, *target, how, found).all();
    } catch (const workers::TaskFailed& failure) {
      found.push_back(silent(fmt::format("{}: {}: {}", name, failure.error(), failure.what())));
    } catch (const Error& error) {
      found.push_back(silent(fmt::format("{}: {}", name, error.what())));
    }
  }
}

}  // namespace

std::vector<Finding> examine_targets(const std::string& store_url, const TargetExamination& how) {
  std::vector<Finding> found;
  const auto store = store::open_as_reader(store_url);
  const auto targets = targets_of(*store, how.runs);
  for (const auto& [file, names] : targets) examine_file(*store, file, names, how, found);
  if (targets.empty())
    found.push_back({"targets", Severity::well,
                     fmt::format("none of the latest {} runs has worked on a table", how.runs)});
  const auto has = [&](std::string_view subject) {
    return std::ranges::any_of(found, [&](const auto& each) { return each.subject == subject; });
  };
  if (has("evidence") && !has("leftovers"))
    found.push_back({"leftovers", Severity::well, "nothing is left over in the targets"});
  return found;
}

}  // namespace orch::host
