// What a database refuses, by class, and what a failure learns on its way up.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "workers/worker.h"

namespace orch::data {

/// What kinds of errors databases report; each has one error name and one code.
enum class ErrorClass : std::uint8_t {
  down,         ///< nothing answers, or it is not ready yet
  lost,         ///< the connection broke
  refused,      ///< the user, password or database
  locked,       ///< somebody else holds what is needed
  full,         ///< no room on the disk
  denied,       ///< a right is missing, or the database only reads
  foreign_key,  ///< rows without the row they refer to
  conflict,     ///< another rule of the table
  value,        ///< a type cannot hold a value
  statement,    ///< the statement is wrong
  other,
};

/// An error of a database, before it is told who asked and what for.
class DatabaseError : public std::runtime_error {
 public:
  /// `details` go into the failure's cause: the database's own code.
  DatabaseError(ErrorClass error_class, const std::string& message, std::string hint = {},
                boost::json::object details = {})
      : std::runtime_error(message),
        class_(error_class),
        hint_(std::move(hint)),
        details_(std::move(details)) {}
  ErrorClass error_class() const noexcept { return class_; }
  const std::string& hint() const noexcept { return hint_; }
  const boost::json::object& details() const noexcept { return details_; }

 private:
  ErrorClass class_;
  std::string hint_;
  boost::json::object details_;
};

/// Who asked a database, and what for: the words of a failure.
struct Place {
  std::string side;     ///< "Source" or "Target": how the error's name starts
  std::string display;  ///< the connection
  std::string doing;    ///< "reading table public.treaty"
};

/// "Connection.Down", "Connection.Lost", "Connection.Refused", "<side>.Locked", "<side>.Full",
/// "<side>.Denied", "Merge.ForeignKey", "Merge.Conflict", "Type.ValueRefused",
/// "<side>.QueryFailed", "<side>.Failed".
workers::TaskFailed failure(const Place& place, const DatabaseError& error);

/// The same failure with `place` after its message and `details` added to its cause; a detail the
/// cause already has stays.
workers::TaskFailed amended(const workers::TaskFailed& failure, std::string_view place,
                            const boost::json::object& details);

}  // namespace orch::data
