// awsJson1.0: requests of AWS clients become calls of the service.
//
//   POST / HTTP/1.1
//   X-Amz-Target: AWSStepFunctions.StartExecution
//   Content-Type: application/x-amz-json-1.0
//   Authorization: AWS4-HMAC-SHA256 Credential=…
//
//   {"stateMachineArn": …}      → 200 {…}, or 400 {"__type": "InvalidArn", "message": …}
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/engine/watchers.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/stepfunctions/service.h"

namespace orch::stepfunctions {

/// A call that changes something, or tries to. Starts of executions and the work of activities are
/// none: the runs say it themselves.
struct AwsDeed {
  std::string key;        ///< id of the key that signed it; empty: it came without keys
  std::string from;       ///< numeric address
  std::string operation;  ///< "StopExecution"
  std::string object;     ///< ARN or name; may be empty
  std::string outcome;    ///< "done", or the type of the error
  bool known = false;     ///< the signature holds, or the caller is trusted without one
};

struct FrontOptions {
  aws::Keys keys;    ///< none: any signature is good, and none
  int threads = 16;  ///< that wait for the store and the engine
  /// Without keys, whether who is at the other end may call; empty: everybody may. Thread-safe.
  std::function<bool(const http::Header& header, const http::Peer& peer)> trusts = {};
  std::function<void(const AwsDeed& deed)> record = {};  ///< may be empty; thread-safe
};

class AwsFront {
 public:
  /// `io`, `service` and `watchers`, which the engine's feed wakes, must outlive the front.
  AwsFront(boost::asio::io_context& io, Service& service, engine::Watchers& watchers,
           FrontOptions options);
  /// Waits for calls at work.
  ~AwsFront();
  AwsFront(const AwsFront&) = delete;
  AwsFront& operator=(const AwsFront&) = delete;

  /// Of all paths: proxies send whole URLs, and clients do not agree on one. The front must outlive
  /// it.
  http::Handler handler();
  /// Long polls get their answer now: no task, or that the server is not available.
  void stop();

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace orch::stepfunctions
