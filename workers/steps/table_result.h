// What a workflow says about one table when all its steps are over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::steps {

/// Read from {"table", "stage"?, "verify"?, "merge"?, "reconcile"?} or {"key", "error"}.
struct TableResult {
  std::string key;
  bool failed = false;
  std::string error;    ///< name, when failed
  std::string message;  ///< likewise, for people
  std::string hint;
  std::string code;
  std::int64_t rows_read = 0;
  std::int64_t rows = 0;  ///< in the target
  std::int64_t milliseconds = 0;
  double rows_per_second = 0;
  std::string method;  ///< of the merge
  std::string digest;  ///< of the source
  std::string as_of;   ///< when the source was read
  std::optional<bool> equal;
  bool superseded = false;       ///< a later load is published
  bool deletes_followed = true;  ///< false: rows deleted in the source stay
  boost::json::value json;       ///< as it came
};

TableResult read_result(const boost::json::value& value);
std::vector<TableResult> read_results(const boost::json::value* array);

/// The report for people, in Markdown.
std::string to_markdown(const std::string& run, const std::vector<TableResult>& results,
                        const std::string& summary);

/// "12,345"
std::string grouped(std::int64_t number);

}  // namespace orch::steps
