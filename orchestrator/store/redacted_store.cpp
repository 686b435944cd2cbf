#include <algorithm>
#include <cctype>

#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"

namespace orch::store {
namespace {

/// What people see of a store. Rows and events are hidden one by one as they are read.
class RedactedStore final : public Store {
 public:
  explicit RedactedStore(std::unique_ptr<Store> inner)
      : inner_(std::move(inner)), redactors_(*inner_) {}

  std::unique_ptr<Turn> begin() override { return inner_->begin(); }
  ExecutionRow find(const std::string& run) override { return shown(inner_->find(run)); }
  bool holds(ExecutionId id, execution::EventId last) override { return inner_->holds(id, last); }
  ExecutionRow find(ExecutionId id) override { return shown(inner_->find(id)); }
  ExecutionRow find_unchecked(const std::string& run) override {
    return shown(inner_->find_unchecked(run));
  }
  ExecutionRow find_unchecked(ExecutionId id) override { return shown(inner_->find_unchecked(id)); }
  std::optional<ExecutionRow> find_name(const std::string& workflow,
                                        const std::string& name) override {
    return shown(inner_->find_name(workflow, name));
  }
  std::optional<ExecutionRow> find_request(const std::string& request) override {
    return shown(inner_->find_request(request));
  }
  std::optional<ExecutionRow> find_started(ExecutionId starter,
                                           execution::EventId ticket) override {
    return shown(inner_->find_started(starter, ticket));
  }
  std::optional<MapRunRow> find_map_run(const std::string& name) override {
    return inner_->find_map_run(name);
  }
  std::vector<MapRunRow> map_runs(ExecutionId execution) override {
    return inner_->map_runs(execution);
  }
  std::vector<ChildCounts> count_children(ExecutionId parent, execution::EventId map_run) override {
    return inner_->count_children(parent, map_run);
  }
  std::vector<ChildBucket> child_buckets(ExecutionId parent, execution::EventId map_run,
                                         std::int64_t size) override {
    return inner_->child_buckets(parent, map_run, size);
  }
  std::vector<ExecutionRow> first_failures(ExecutionId parent, execution::EventId map_run,
                                           std::int64_t limit) override {
    return shown(inner_->first_failures(parent, map_run, limit));
  }
  std::vector<ExecutionRow> children(ExecutionId parent, execution::EventId map_run,
                                     std::int64_t index, std::int64_t limit) override {
    return shown(inner_->children(parent, map_run, index, limit));
  }
  std::vector<std::string> failed_children(ExecutionId parent, execution::EventId map_run,
                                           execution::EventId redriven) override {
    return inner_->failed_children(parent, map_run, redriven);
  }
  std::string child_outputs(ExecutionId parent, execution::EventId map_run) override {
    auto outputs = inner_->child_outputs(parent, map_run);
    const auto* redactor = redactors_.of(inner_->find_unchecked(parent));
    return redactor ? redactor->hide(outputs) : std::move(outputs);
  }
  std::vector<ExecutionRow> list(const ListFilter& filter) override;
  std::string definition(const std::string& hash) override { return inner_->definition(hash); }
  void history(ExecutionId id, execution::EventId after,
               const std::function<void(execution::Event)>& take) override {
    const auto* redactor = redactors_.of(inner_->find_unchecked(id));
    if (!redactor) return inner_->history(id, after, take);
    inner_->history(id, after,
                    [&](execution::Event event) { take(redactor->hide(std::move(event))); });
  }
  std::vector<ProgressRow> progress(ExecutionId id) override { return inner_->progress(id); }
  std::vector<ClaimRow> claims() override { return inner_->claims(); }
  std::vector<std::string> claims_of(ExecutionId id) override { return inner_->claims_of(id); }
  std::map<ExecutionId, Instant> last_recorded() override { return inner_->last_recorded(); }
  std::vector<Suspect> suspects() override { return inner_->suspects(); }
  Machines& machines() override { return inner_->machines(); }
  Pipelines& pipelines() override { return inner_->pipelines(); }
  Limits& limits() override { return inner_->limits(); }
  Projects& projects() override { return inner_->projects(); }
  UnderDecision& under_decision() override { return inner_->under_decision(); }
  const std::string& store_id() const override { return inner_->store_id(); }
  std::int64_t first_fence() const override { return inner_->first_fence(); }

 private:
  ExecutionRow shown(ExecutionRow row) {
    const auto* redactor = redactors_.of(row);
    return redactor ? redactor->hide(std::move(row)) : std::move(row);
  }
  std::optional<ExecutionRow> shown(std::optional<ExecutionRow> row) {
    if (row) row = shown(std::move(*row));
    return row;
  }
  std::vector<ExecutionRow> shown(std::vector<ExecutionRow> rows) {
    for (auto& row : rows) row = shown(std::move(row));
    return rows;
  }

  std::unique_ptr<Store> inner_;
  Redactors redactors_;
};

bool has_text(const std::optional<std::string>& text, const std::string& part) {
  if (!text) return false;
  const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
  return std::ranges::search(*text, part, same).begin() != text->end();
}

// A search of error texts must find nothing by what is hidden in them: it would tell the value, a
// character at a time.
std::vector<ExecutionRow> RedactedStore::list(const ListFilter& filter) {
  if (!filter.failed_by) return shown(inner_->list(filter));
  std::vector<ExecutionRow> found;
  auto next = filter;
  while (true) {
    const auto rows = inner_->list(next);
    for (const auto& row : rows) {
      auto visible = shown(row);
      const bool changed = visible.cause != row.cause || visible.error != row.error;
      if (!changed || has_text(visible.error, *filter.failed_by) ||
          has_text(visible.cause, *filter.failed_by))
        found.push_back(std::move(visible));
      if (filter.limit >= 0 && std::ssize(found) == filter.limit) return found;
    }
    if (next.limit < 0 || std::ssize(rows) < next.limit) return found;
    next.behind = std::pair(rows.back().made.started_at, rows.back().id);
  }
}

}  // namespace

std::unique_ptr<Store> with_redaction(std::unique_ptr<Store> store) {
  return std::make_unique<RedactedStore>(std::move(store));
}

std::unique_ptr<Store> open_for_people(const std::string& url) {
  return with_redaction(open_as_reader(url));
}

}  // namespace orch::store
