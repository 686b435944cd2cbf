// Statements on the run store's SQLite file, for what it keeps besides runs.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// A row is not what was written: says which, and how.
struct DamagedRow : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs statements; rows are read by functions that throw DamagedRow.
class Tables {
 public:
  /// Both must outlive it.
  Tables(sqlite::Database& db, const Guard& guard) : guard_(guard), db_(db) {}

  template <class... Args>
  void run(const std::string& statement, const Args&... args) const {
    guard_([&] { sqlite::Statement(db_, statement).bind(args...).run(); });
  }

  template <class Read>
  using Row = std::invoke_result_t<const Read&, const sqlite::Statement&>;

  /// A damaged row keeps no other from sight.
  template <class Read, class... Args>
  std::vector<Row<Read>> all(const Read& each, const std::string& query,
                             const Args&... args) const {
    return read(
        each, [](const std::string& damage) { log::warn("msg=\"left out: {}\"", damage); }, query,
        args...);
  }

  /// A damaged row is an Error ORCH-0206.
  template <class Read, class... Args>
  std::vector<Row<Read>> every(const Read& each, const std::string& query,
                               const Args&... args) const {
    return read(
        each, [](const std::string& damage) { refuse_damaged(damage); }, query, args...);
  }

  template <class Read, class... Args>
  std::optional<Row<Read>> one(const Read& each, const std::string& query,
                               const Args&... args) const {
    auto found = every(each, query, args...);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  /// What a statement with RETURNING returns.
  template <class... Args>
  std::int64_t returned(const std::string& statement, const Args&... args) const {
    return guard_([&] {
      sqlite::Statement query(db_, statement);
      query.bind(args...).step();
      const auto number = query.int64(0);
      query.reset();
      return number;
    });
  }

  const Guard& guard() const { return guard_; }
  sqlite::Database& db() const { return db_; }

 private:
  template <class Read, class Bad, class... Args>
  std::vector<Row<Read>> read(const Read& read, const Bad& bad, const std::string& query,
                              const Args&... args) const {
    return guard_([&] {
      sqlite::Statement statement(db_, query);
      statement.bind(args...);
      std::vector<Row<Read>> found;
      while (statement.step()) {
        try {
          found.push_back(read(statement));
        } catch (const DamagedRow& row) {
          bad(fmt::format("the run store {} is damaged: {}", guard_.path(), row.what()));
        }
      }
      return found;
    });
  }

  const Guard& guard_;
  sqlite::Database& db_;
};

}  // namespace orch::store
