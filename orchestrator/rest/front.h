// The REST API as a handler of the server: finds the route, calls it on a thread of its own,
// answers in JSON or with a problem.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/host/owner.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/rest/gate.h"
#include "orchestrator/rest/library.h"

namespace orch::rest {

/// What a front is for.
struct FrontOptions {
  std::string store;                    ///< URL
  std::string version;                  ///< of the program
  Known known;                          ///< who may ask beside the holders of tokens
  std::vector<Library> libraries = {};  ///< that the program uses
  int threads = 4;
};

class Front {
 public:
  /// `owner`, of the same store, must outlive the front.
  Front(host::Owner& owner, const FrontOptions& options);
  /// Waits for requests at work.
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  /// Of all paths below /v1/. The front must outlive it.
  http::Handler handler();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace orch::rest
