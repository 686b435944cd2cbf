// A data::Target made of a dialect and sessions: all that targets do in the same way.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// One thread at a time. What a database does in a way of its own (describing, planning columns,
/// encoding, loading, reading a range) is left to its target.
class DatabaseTarget : public data::Target {
 public:
  data::PublishWay publish_way(const data::LoadPlan& plan) override;
  void stage_unchanged(const data::LoadPlan& plan, const data::LoadId& load,
                       const data::Digest& digest, const boost::json::object& position) override;
  std::optional<data::LoadRecord> staged(const data::TableName& name) override;
  data::Digest staged_digest(const data::LoadPlan& plan,
                             const std::function<bool()>& stop) override;
  std::vector<data::CheckResult> check(const data::LoadPlan& plan,
                                       const std::vector<data::Check>& checks) override;
  std::vector<std::string> check_problems(const data::LoadPlan& plan,
                                          const std::vector<data::Check>& checks) override;
  void mark_verified(const data::LoadPlan& plan, const data::LoadId& load) override;
  data::Published merge(const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& evidence) override;
  std::optional<data::PublishedRecord> last_published(const data::TableName& name) override;
  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override;
  std::vector<data::TableName> tables_with_books() override;
  data::TableBooks books(const data::TableName& name) override;
  bool remove_staged(const data::TableBooks& books) override;
  std::optional<std::int64_t> count_rows(const data::TableName& name) override;
  std::vector<data::LoadedFile> loaded_files(const data::TableName& name) override;

 protected:
  /// The session that only reads.
  virtual Session& reader() = 0;
  /// A connection of its own, to write by.
  virtual std::unique_ptr<Session> writer() = 0;
  /// Where this target is, for messages.
  virtual data::Place place(std::string doing) const = 0;

  /// Runs `work` on `table`; what the database reports becomes a failure of the task, which names
  /// who holds the table where somebody does.
  template <class Work>
  auto reported(std::string doing, const data::TableName& table, Work&& work) {
    try {
      return std::forward<Work>(work)();
    } catch (const data::DatabaseError& error) {
      throw data::failure(place(std::move(doing)), with_holder(table, error));
    }
  }

  /// Where the rows of the staged load are. Throws TaskFailed "Load.Superseded" when none is.
  data::TableName staging_of(const data::LoadPlan& plan);

 private:
  data::DatabaseError with_holder(const data::TableName& table, const data::DatabaseError& error);
  /// A plan that was not made by plan() (the load it was staged with is gone) may spell the target
  /// in another way.
  data::LoadPlan stored(data::LoadPlan plan);
};

}  // namespace orch::publishing
