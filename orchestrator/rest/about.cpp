// The server about itself: what it is, its API, its errors.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/host/doctor.h"
#include "orchestrator/rest/document.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/request.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

Answer show_server(Request& request) {
  bj::array libraries;
  for (const auto& each : request.server.libraries)
    libraries.push_back(bj::object{{"name", each.name}, {"version", each.version}});
  return {bj::object{{"version", request.server.version},
                     {"store", request.server.store},
                     {"bytes", host::store_bytes(request.server.store)},
                     {"started", to_iso(request.server.started_at)},
                     {"now", to_iso(request.now)},
                     {"libraries", std::move(libraries)}}};
}

Answer show_document(Request& request) { return {api_document(request.server.version)}; }

Answer show_error(Request& request) {
  const auto& code = request.in_path("code");
  const auto codes = error_codes();
  const auto found = std::ranges::find(codes, std::string_view(code), &ErrorCode::code);
  if (found == codes.end())
    throw Refused(http::Status::not_found, "ORCH-0040", fmt::format("no error code \"{}\"", code),
                  "`orch explain` lists them");
  return {bj::object{{"code", found->code}, {"title", found->title}, {"meaning", found->meaning}}};
}

}  // namespace

void add_about_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/server",
                "server.show",
                "What this server is",
                Role::viewer,
                {},
                {},
                "Server",
                show_server,
                Reach::open});
  to.push_back({verb::get,
                "/v1/errors/{code}",
                "errors.show",
                "What an error code means",
                Role::none,
                {},
                {},
                "ErrorCode",
                show_error,
                Reach::open});
  to.push_back({verb::get,
                "/v1/openapi.json",
                "api.show",
                "This document",
                Role::none,
                {},
                {},
                "Document",
                show_document,
                Reach::open});
}

}  // namespace orch::rest
