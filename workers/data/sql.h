// Single statements: what orch:sql asks of a database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::data {

struct SqlRequest {
  std::string sql;  ///< one statement of the workflow's author
  /// In the order of the placeholders. Booleans, numbers, texts and null; an array or object goes
  /// as its JSON text.
  std::vector<boost::json::value> params;
  std::int64_t max_rows = 1'000;
  std::int64_t max_bytes = 1 << 20;      ///< of all values together
  std::int64_t timeout_seconds = 3'600;  ///< of the statement; 0: none
  /// Not empty: the statement and this key are one: a key that is recorded in the database is not
  /// done again, its recorded answer is returned.
  std::string once;
  std::string run;  ///< for the record of `once`
};

/// The word, in lower case, by which a statement would begin or end a transaction ("commit",
/// "savepoint", …); empty for all others. A statement of orch:sql has a transaction of its own.
std::string transaction_word(std::string_view sql);

struct SqlAnswer {
  boost::json::array rows;   ///< objects, columns in the order of the statement
  std::int64_t changes = 0;  ///< rows inserted, updated or deleted
  bool repeated = false;     ///< answered from the record of `once`
};

/// An open connection that runs statements. One thread at a time.
class SqlSession {
 public:
  virtual ~SqlSession() = default;
  /// Runs the statement in one transaction. NULL is null, booleans are booleans, whole numbers and
  /// doubles numbers (infinities and NaN texts), JSON is JSON, bytes are texts "\x0a…" in hex,
  /// everything else is a text. `stop`
  /// is asked now and then; when it answers true, throws workers::Cancelled. Throws TaskFailed
  /// "Sql.Failed", "Sql.Constraint", "Sql.Locked", "Sql.ParameterInvalid", "Sql.ResultTooLarge",
  /// "Sql.ValueUnsupported", "Sql.OnceMismatch", "Sql.TimedOut", "Connection.*"; then nothing has
  /// changed.
  virtual SqlAnswer run(const SqlRequest& request, const std::function<bool()>& stop) = 0;
};

}  // namespace orch::data
