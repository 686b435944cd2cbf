// The socket beside the store, through which other processes talk to the owner: one line of JSON
// asks, one line answers.
//
//   a request (request.h)  → its answer
//   an operation (operations.h)  → {"result":…}
//   anything that fails    → {"error":{"code","message","hint"?,"file"?,"problems"?}}
//   an owner about to end  → {"retry":true}
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include <boost/json/value.hpp>

#include "orchestrator/base/time.h"

namespace orch::host {

/// Answers requests on threads of its own until destroyed. Must be made by the store's owner: what
/// stands in the way of its socket file is left over from a dead one.
class ControlServer {
 public:
  /// `answer` is called on the server's threads, several at a time; an exception that leaves it
  /// becomes an error answer.
  using Answer = std::function<boost::json::object(const boost::json::object& request)>;

  /// Throws Error ORCH-0007 when the socket cannot be made.
  ControlServer(const std::filesystem::path& store, Answer answer);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// How long an owner may take to answer: longer than it tries a store that fails.
constexpr Millis answer_patience{90'000};

/// How long an owner that does not listen (it starts, or ends) is waited for, and how often it is
/// asked.
constexpr std::chrono::seconds start_patience{10};
constexpr Millis start_interval{50};

/// Whether a process takes requests for the store: an owner that starts, ends or only performs an
/// operation (operations.h) does not.
bool takes_requests(const std::filesystem::path& store);

/// Asks the store's owner. Empty when no owner answers (there is no owner, or it is about to end).
/// Throws the owner's error as it was thrown there (Error, InvalidDocument), and Error ORCH-0007
/// when it takes longer than `patience`.
std::optional<boost::json::object> ask_owner(const std::filesystem::path& store,
                                             const boost::json::object& request,
                                             Millis patience = answer_patience);

/// An exception as the answer {"error":…}.
boost::json::object error_answer(const std::exception& error);

}  // namespace orch::host
