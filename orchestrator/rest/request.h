// One request as its route sees it.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/host/owner.h"
#include "orchestrator/host/webhooks.h"
#include "orchestrator/identity/audit.h"
#include "orchestrator/rest/gate.h"
#include "orchestrator/rest/library.h"
#include "orchestrator/rest/query.h"
#include "orchestrator/rest/route.h"
#include "orchestrator/rest/table_keeper.h"
#include "orchestrator/store/store.h"

namespace orch::rest {

/// What the server is; the same for all requests.
struct Server {
  host::Owner& owner;
  std::string store;  ///< URL
  std::string version;
  Instant started_at;
  std::vector<Library> libraries;
  TableKeeper& tables;
  Gate& gate;
  host::Webhooks& webhooks;
  identity::AuditLog audit;
};

/// What a handler adds to the request's line in the audit log.
struct Remark {
  bool recorded = false;  ///< also when the method changes nothing
  std::string object;     ///< where the path does not name it
  std::string outcome;    ///< empty: "done", or the code of the error
};

struct Request {
  const Server& server;
  store::Store& store;  ///< a reader of this request's own
  PathValues path;
  Query query;
  boost::json::object body;
  Caller caller;
  const http::Request& message;
  bool encrypted = false;  ///< it came over TLS
  Instant now;
  Remark& remark;

  /// Of the value in the path, which the route has.
  const std::string& in_path(std::string_view name) const { return path.find(name)->second; }
};

}  // namespace orch::rest
