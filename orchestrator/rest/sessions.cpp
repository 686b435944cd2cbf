// Who asks, and sessions of browsers.
#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/request.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

bj::object caller_document(const Caller& caller) {
  bj::object out{{"name", caller.name}, {"role", to_string(caller.role)}, {"how", caller.how}};
  if (caller.scope.limited()) out["scope"] = identity::scope_document(caller.scope);
  if (!caller.secret.empty()) out["csrf"] = caller.secret;
  return out;
}

Answer show_session(Request& request) {
  auto out = caller_document(request.caller);
  if (const auto* sign_in = request.server.gate.sign_in())
    out["sign_in"] = {{"label", sign_in->rules().label},
                      {"address", sign_in->rules().address + "/v1/session/login"}};
  return {std::move(out)};
}

Answer open_session(Request& request) {
  const auto text = request.server.gate.open(json::text_member(request.body, "token"),
                                             request.caller.from, request.now);
  return {bj::object{{"opened", true}}, {session_cookie_text(text, request.encrypted)}};
}

Answer close_session(Request& request) {
  request.server.gate.close(request.message);
  return {bj::object{{"opened", false}},
          {session_cookie_text("", request.encrypted) + "; Max-Age=0"}};
}

}  // namespace

std::string session_cookie_text(const std::string& value, bool encrypted) {
  return fmt::format("orch_session={}; Path=/; HttpOnly; SameSite=Strict{}", value,
                     encrypted ? "; Secure" : "");
}

void add_session_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/session",
                "session.show",
                "Who asks, and the secret that requests of a browser repeat in X-Orch-CSRF",
                Role::none,
                {},
                {},
                "Session",
                show_session,
                Reach::open});
  to.push_back({verb::post,
                "/v1/session",
                "session.open",
                "Open a session for a browser, with a token: the answer sets a cookie",
                Role::none,
                {},
                "Login",
                "SessionState",
                open_session,
                Reach::open});
  to.push_back({verb::delete_,
                "/v1/session",
                "session.close",
                "End the session of the cookie",
                Role::none,
                {},
                {},
                "SessionState",
                close_session,
                Reach::open});
}

}  // namespace orch::rest
