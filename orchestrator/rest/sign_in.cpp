// Sign-in of browsers at the identity provider: there, and back.
#include "orchestrator/identity/sign_in.h"

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/request.h"

namespace orch::rest {
namespace {

using boost::beast::http::verb;
using identity::SignInTrouble;

constexpr const char* cookie_name = "orch_sign_in";
constexpr unsigned see_other = 303;

// SameSite=Lax: the provider's page sends the browser back, and the cookie has to come with it.
std::string begun_cookie(const std::string& value, bool encrypted, int seconds) {
  return fmt::format("{}={}; Path=/v1/session/; HttpOnly; SameSite=Lax; Max-Age={}{}", cookie_name,
                     value, seconds, encrypted ? "; Secure" : "");
}

identity::SignIn& require_sign_in(const Request& request) {
  auto* sign_in = request.server.gate.sign_in();
  if (sign_in) return *sign_in;
  throw Refused(http::Status::not_found, "ORCH-0040",
                "browsers cannot sign in at an identity provider here",
                "the file of --identities needs \"sign_in\" in \"oidc\"; a token opens a session");
}

// Browsers may reach a proxy by TLS, and the proxy this server without.
bool encrypted_for(const Request& request, const identity::SignIn& sign_in) {
  return request.encrypted || sign_in.rules().address.starts_with("https://");
}

// A page says what to do. The address names the trouble by a word of a closed list: no text of
// somebody else's is shown there.
Answer failed_sign_in(Request& request, const identity::SignInFailed& error) {
  log::warn("a sign-in from {} has failed ({}): {}", request.caller.from,
            to_string(error.trouble()), error.what());
  if (error.trouble() == SignInTrouble::refused || error.trouble() == SignInTrouble::no_grant) {
    request.caller.name = error.name();
    request.remark.recorded = true;
    request.remark.outcome = error.trouble() == SignInTrouble::no_grant ? "ORCH-0047" : "ORCH-0046";
  }
  Answer answer;
  answer.location = fmt::format("/ui/sign-in?trouble={}", to_string(error.trouble()));
  return answer;
}

Answer begin_sign_in(Request& request) {
  auto& sign_in = require_sign_in(request);
  try {
    const auto begun = sign_in.begin(request.query.text("to").value_or(""), request.now);
    Answer answer;
    answer.location = begun.location;
    constexpr int cookie_seconds = 600;
    answer.cookies = {begun_cookie(begun.cookie, encrypted_for(request, sign_in), cookie_seconds)};
    return answer;
  } catch (const identity::SignInFailed& error) {
    return failed_sign_in(request, error);
  }
}

identity::SignInReturn returned_in(const Query& query) {
  const auto text = [&](const char* name) { return query.text(name).value_or(""); };
  return {text("code"), text("state"), text("iss"), text("error")};
}

Answer finish_sign_in(Request& request) {
  auto& sign_in = require_sign_in(request);
  const bool encrypted = encrypted_for(request, sign_in);
  Answer answer;
  try {
    const auto done =
        sign_in.finish(returned_in(request.query),
                       cookie_in(request.message, cookie_name).value_or(""), request.now);
    const auto session = request.server.gate.open_for(done.who, request.caller.from, request.now);
    request.caller.name = done.who.name;
    request.caller.role = done.who.role;
    request.remark.recorded = true;
    answer.location = done.place;
    answer.cookies = {session_cookie_text(session, encrypted)};
  } catch (const identity::SignInFailed& error) {
    answer = failed_sign_in(request, error);
  }
  answer.cookies.push_back(begun_cookie("", encrypted, 0));
  return answer;
}

}  // namespace

void add_sign_in_routes(std::vector<Route>& to) {
  Route login{verb::get,
              "/v1/session/login",
              "session.login",
              "Send the browser to the identity provider, to sign in there",
              Role::none,
              {{"to", Kind::text, "the page of the UI to show afterwards, below /ui/"}},
              {},
              {},
              begin_sign_in,
              Reach::open};
  login.status = see_other;
  to.push_back(std::move(login));
  Route callback{verb::get,
                 "/v1/session/callback",
                 "session.callback",
                 "Where the identity provider sends the browser back to: opens a session",
                 Role::none,
                 {{"code", Kind::text, "what the ID token is asked for with"},
                  {"state", Kind::text, "of the sign-in that the browser has begun"},
                  {"iss", Kind::text, "the provider"},
                  {"error", Kind::text, "why nobody was signed in"}},
                 {},
                 {},
                 finish_sign_in,
                 Reach::open};
  callback.status = see_other;
  callback.any_query = true;
  to.push_back(std::move(callback));
}

}  // namespace orch::rest
