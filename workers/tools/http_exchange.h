// A request as a task describes it: a connection's address and token, or a plain URL.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/connectors/connections.h"
#include "workers/library/http_call.h"
#include "workers/worker.h"

namespace orch::tools {

/// The headers in the object `field`; those that the request sets by itself, or whose value would
/// be a secret in a definition, are problems.
void read_headers(json::Fields& fields, std::string_view field, library::HttpRequest& request);
/// `wanted` in lower case.
bool has_header(const library::HttpRequest& request, std::string_view wanted);

/// Adds `path` and `query` (already encoded) to `base`.
std::string join_url(const std::string& base, const std::string& path, const std::string& query);

/// Makes `request` one to the HTTP connection `name`: its address before `path`, its token.
void use_connection(const connectors::Connections& connections, const std::string& name,
                    const std::string& path, library::HttpRequest& request);

/// Makes the task's access policy look at the addresses that a URL of a client leads to.
void watch_addresses(const workers::Task& task, library::HttpRequest& request);

/// Gives `request` the JSON `body` and the key by which the server can tell a second delivery.
void set_json_body(library::HttpRequest& request, const boost::json::value& body);

/// Sends it with heartbeats. Throws TaskFailed "Http.StatusCode.NNN" (ORCH-0602) for any status but
/// 2xx, and what library::http_call() throws; Cancelled when the result is no longer wanted.
library::HttpResponse exchange_for_success(library::HttpRequest request, const workers::Task& task,
                                           workers::TaskContext& context);

}  // namespace orch::tools
