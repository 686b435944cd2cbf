// Who did what to which object, from where, with what outcome: lines of JSON that are only ever
// appended, each with the hash of the one before, so that a line that was changed or taken out is
// told.
//
//   {"number":2,"at":"…","who":"ann","role":"operator","from":"127.0.0.1","action":"runs.stop",
//    "object":"…","outcome":"done","before":"HASH","hash":"HASH"}
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "orchestrator/base/time.h"

namespace orch::identity {

/// Never holds values of rows.
struct Deed {
  Instant at;
  std::string who;
  std::string role;
  std::string from;     ///< numeric address; empty: this machine's command line
  std::string action;   ///< "runs.stop"
  std::string object;   ///< id or name; may be empty
  std::string outcome;  ///< "done", or the error's code
};

/// Thread-safe; several processes may append at a time.
class AuditLog {
 public:
  explicit AuditLog(std::filesystem::path path) : path_(std::move(path)) {}

  /// Durable when it returns. Throws std::system_error.
  void append(const Deed& deed) const;
  /// Calls `take` with each line, the oldest first. Returns what is wrong with the chain, with the
  /// number of its line; unset: nothing.
  std::optional<std::string> read(
      const std::function<void(const boost::json::object&)>& take) const;
  /// Calls `take` with each line that ends before the byte `end` (unset: with all), the latest
  /// first, and with the byte at which it begins, until that returns false. Returns what is wrong
  /// with the chain of those lines. Throws std::invalid_argument when no line begins at `end`.
  std::optional<std::string> read_back(
      std::optional<std::uint64_t> end,
      const std::function<bool(const boost::json::object&, std::uint64_t at)>& take) const;

 private:
  std::filesystem::path path_;
};

/// STORE.audit, the file of a store.
std::filesystem::path audit_file(const std::filesystem::path& store);

}  // namespace orch::identity
