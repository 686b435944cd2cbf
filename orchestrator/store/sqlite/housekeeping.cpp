#include "orchestrator/store/sqlite/housekeeping.h"

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/sqlite/leftovers.h"
#include "orchestrator/store/sqlite/packing.h"
#include "orchestrator/store/sqlite/removal.h"

namespace orch::store {
namespace {

constexpr std::int64_t least_free = 4'096;  // pages; a run of many tables takes some 300

class SqliteHousekeeping final : public Housekeeping {
 public:
  explicit SqliteHousekeeping(const std::filesystem::path& path)
      : guard_(path.string()), db_(path, sqlite::Access::read_write) {
    // As the owner's: a commit is on the disk when it is done.
    db_.exec("PRAGMA synchronous=FULL; PRAGMA ignore_check_constraints=ON");
    db_.set_busy_timeout(std::chrono::seconds(1));  // nothing here is urgent
    db_.keep_statements();
  }

  std::optional<ExecutionId> pack(ExecutionId after, Instant ended_before) override {
    return guard_([&] { return pack_some(db_, guard_.path(), after, ended_before); });
  }

  bool give_back(std::int64_t pages) override {
    return guard_([&] {
      const auto free = pragma("freelist_count");
      if (free < least_free || free * 4 < pragma("page_count") || pragma("auto_vacuum") == 0)
        return false;
      sqlite::Statement(db_, fmt::format("PRAGMA incremental_vacuum({})", pages)).run();
      return pragma("freelist_count") < free;
    });
  }

  std::vector<EndedRun> ended(const std::optional<std::pair<Instant, ExecutionId>>& behind,
                              std::int64_t limit) override {
    return guard_([&] { return removal_.ended(behind, limit); });
  }
  std::vector<ExecutionId> family(ExecutionId run) override {
    return guard_([&] { return removal_.family(run); });
  }
  std::int64_t bytes(const std::vector<ExecutionId>& runs) override {
    return guard_([&] { return removal_.bytes(runs); });
  }
  bool remove(ExecutionId run, Instant ended_at) override {
    return guard_([&] { return removal_.remove(run, ended_at); });
  }
  bool remove_parts() override {
    return guard_([&] { return removal_.remove_parts(); });
  }

  std::vector<std::string> fired_pipelines() override {
    return guard_([&] { return leftovers_.fired_pipelines(); });
  }
  std::optional<FirePlace> remove_fires(const std::string& pipeline,
                                        const std::optional<FirePlace>& behind,
                                        Instant reasons_before) override {
    return guard_([&] { return leftovers_.remove_fires(pipeline, behind, reasons_before); });
  }
  void remove_outages(Instant before) override {
    guard_([&] { leftovers_.remove_outages(before); });
  }
  std::int64_t remove_definitions() override {
    return guard_([&] { return leftovers_.remove_definitions(); });
  }

 private:
  std::int64_t pragma(const char* name) {
    sqlite::Statement query(db_, fmt::format("PRAGMA {}", name));
    return query.step() ? query.int64(0) : 0;
  }

  Guard guard_;
  sqlite::Database db_;
  Removal removal_{db_};
  Leftovers leftovers_{db_};
};

}  // namespace

std::unique_ptr<Housekeeping> housekeeping_in(const std::filesystem::path& path) {
  return Guard(path.string())([&] { return std::make_unique<SqliteHousekeeping>(path); });
}

}  // namespace orch::store
