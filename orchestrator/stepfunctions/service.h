// The operations of the Step Functions API, without a protocol: an object in, an object out.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/access/policy.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/watchers.h"
#include "orchestrator/stepfunctions/arns.h"
#include "orchestrator/stepfunctions/error.h"

namespace orch::stepfunctions {

struct Options {
  std::string account = "123456789012";
  std::string region = "us-east-1";  ///< of clients that name none
  std::string connections;           ///< path of the connections file of runs; may be empty
  execution::Quotas quotas{262'144, 25'000};  ///< of executions; the service's own
  /// What clients' definitions may reach; null: whatever this process may. The engine has the same.
  std::shared_ptr<const access::Policy> access = {};
};

/// One request. It is called again and again with the same object until it has an answer.
struct Call {
  std::string_view operation;
  boost::json::object request;
  std::string region;  ///< of the client; empty: none named
  bool last = false;   ///< the client's patience ends: a long poll must answer now
  bool gone = false;   ///< the client has hung up: nothing may be handed out to it
  std::optional<engine::Starter> starter = {};  ///< the task that calls, when one does

  /// Set when there is no answer yet: what has to happen first, or be done.
  std::optional<engine::Subject> subject;
  std::shared_ptr<engine::Completion> completion;
  std::string memory;  ///< of a long poll, between two calls
  /// The token of the task that is in the answer, for give_back().
  std::string handed_out;
};

struct Desk;
class RedriveTokens;

/// All functions are thread-safe and block for as long as the store and the engine need.
class Service {
 public:
  /// `store` is the URL of the store that the engine works on, `workers` are the engine's; they
  /// must outlive the service.
  Service(const workers::Registry& workers, std::string store, Options options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Before it, operations on state machines work, and none on runs. Not while a call is under way;
  /// the engine must outlive the service.
  void connect(engine::Engine& engine) { engine_ = &engine; }

  /// The answer; empty: not yet, see Call::subject and Call::completion. Throws ServiceError as the
  /// operation documents, Error when the store or the engine fails.
  std::optional<boost::json::object> call(Call& call);
  /// The client did not get the answer with this task: it goes to the next one that asks.
  void give_back(const std::string& token);

 private:
  class Borrowed;

  const workers::Registry& workers_;
  engine::Engine* engine_ = nullptr;
  std::string store_;
  Options options_;
  std::unique_ptr<RedriveTokens> redrives_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Desk>> idle_;  ///< guarded by mutex_
};

/// "CreateActivity", …: every operation there is, by name.
std::vector<std::string_view> operation_names();
/// How long a client of the operation waits for its answer; 0: it does not.
Millis patience_of(std::string_view operation);

}  // namespace orch::stepfunctions
