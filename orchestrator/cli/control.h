// The socket beside the store, through which other processes talk to the owner: one line of JSON
// asks, one line answers.
//
//   {"op":"submit","name","workflow","definition","input","connections"} → {"run","existed"}
//   {"op":"resume","run","from","input","definition"?}                   → {"run"}
//   {"op":"stop","run","error","cause"}                                  → {"run"}
//   anything that fails → {"error":{"code","message","hint"?,"file"?,"problems"?}}
//   an owner about to end → {"retry":true}
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include <boost/json/value.hpp>

namespace orch::cli {

/// Answers requests on a thread of its own until destroyed. Must be made by the store's owner: what
/// stands in the way of its socket file is left over from a dead one.
class ControlServer {
 public:
  /// `answer` is called on the server's thread, one request at a time; an exception that leaves it
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

/// Asks the store's owner. Empty when nobody answers (there is no owner, or it is about to end).
/// Throws the owner's error as it was thrown there (Error, InvalidDocument).
std::optional<boost::json::object> ask_owner(const std::filesystem::path& store,
                                             const boost::json::object& request);

/// An exception as the answer {"error":…}.
boost::json::object error_answer(const std::exception& error);

}  // namespace orch::cli
