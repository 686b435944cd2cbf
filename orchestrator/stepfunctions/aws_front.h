// awsJson1.0: requests of AWS clients become calls of the service.
//
//   POST / HTTP/1.1
//   X-Amz-Target: AWSStepFunctions.StartExecution
//   Content-Type: application/x-amz-json-1.0
//   Authorization: AWS4-HMAC-SHA256 Credential=…
//
//   {"stateMachineArn": …}      → 200 {…}, or 400 {"__type": "InvalidArn", "message": …}
#pragma once

#include <memory>
#include <span>

#include <boost/asio/io_context.hpp>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/http/server.h"
#include "orchestrator/stepfunctions/service.h"

namespace orch::stepfunctions {

struct FrontOptions {
  aws::Keys keys;    ///< none: any signature is good, and none
  int threads = 16;  ///< that wait for the store and the engine
};

/// The path is not looked at: proxies send whole URLs.
class AwsFront {
 public:
  /// `io` and `service` must outlive the front.
  AwsFront(boost::asio::io_context& io, Service& service, FrontOptions options);
  /// Waits for calls at work.
  ~AwsFront();
  AwsFront(const AwsFront&) = delete;
  AwsFront& operator=(const AwsFront&) = delete;

  /// A Handler.
  void handle(http::Request request, http::Reply reply);
  /// Something has happened to a run: long polls that wait for it look again. Thread-safe.
  void notice(const store::ExecutionRow& run, std::span<const execution::Event> events);
  /// A task of the activity waits: likewise.
  void notice(const std::string& activity);
  /// Long polls get their answer now: no task, or that the server is not available.
  void stop();

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace orch::stepfunctions
