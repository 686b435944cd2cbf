// Tokens of the server, and who else may use it.
#include "orchestrator/identity/tokens.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/host/parameters.h"
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/own_user.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/store/open.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

constexpr std::int64_t usual_days = 90;
constexpr std::int64_t most_days = 36'500;
constexpr std::size_t longest_name = 100;

identity::TokenFile token_file_of(const Request& request) {
  return identity::TokenFile(identity::token_file(store::files_of(request.server.store)));
}

// Without its hash.
bj::object token_document(const identity::Token& token, Instant now) {
  bj::object out{{"name", token.name},
                 {"role", to_string(token.role)},
                 {"made", to_iso(token.made_at)},
                 {"expired", token.expires_at && *token.expires_at <= now}};
  if (token.expires_at) out["expires"] = to_iso(*token.expires_at);
  if (token.scope.limited()) out["scope"] = identity::scope_document(token.scope);
  return out;
}

std::string name_key(const bj::object& item) { return json::text_member(item, "name"); }

Answer list_tokens(Request& request) {
  bj::array all;
  for (const auto& token : token_file_of(request).list())
    all.push_back(token_document(token, request.now));
  return {page_of(request, std::move(all), name_key)};
}

identity::Token wanted_token(const Request& request) {
  host::Parameters parameters("tokens.add", request.body);
  identity::Token token;
  token.name = parameters.name();
  const auto word = parameters.string("role").value_or("viewer");
  const auto days = parameters.integer("days", 0, most_days).value_or(usual_days);
  if (const auto* scope = parameters.object("scope")) {
    json::Problems problems;
    json::Fields members(*scope, "/scope", problems);
    token.scope = identity::read_scope(members);
    members.finish("a scope");
    if (!token.scope.limited())
      parameters.problem("scope", "a scope without a name would not limit", "leave it out");
    if (!problems.empty()) throw InvalidDocument("ORCH-0804", "tokens.add", std::move(problems));
  }
  parameters.done();
  const auto role = identity::role_from(word);
  if (!role || *role == Role::none)
    refuse_parameter("role", word, "one of viewer, operator, approver, editor, admin");
  if (token.name.empty() || token.name.size() > longest_name)
    refuse_parameter("name", token.name, fmt::format("1 to {} bytes", longest_name));
  token.role = *role;
  token.made_at = request.now;
  if (days > 0) token.expires_at = request.now + std::chrono::days(days);
  return token;
}

bool has_token(const Request& request, const std::string& name) {
  const auto tokens = token_file_of(request).list();
  return std::ranges::find(tokens, name, &identity::Token::name) != tokens.end();
}

Answer add_token(Request& request) {
  const auto token = wanted_token(request);
  request.remark.object = token.name;
  if (has_token(request, token.name))
    throw Refused(http::Status::conflict, "ORCH-0048",
                  fmt::format("there is a token \"{}\" already", token.name),
                  "revoke it first, or use another name");
  const auto text = token_file_of(request).add(token.name, token.role, token.made_at,
                                               token.expires_at, token.scope);
  auto made = token_document(token, request.now);
  made["token"] = text;
  return {std::move(made)};
}

Answer remove_token(Request& request) {
  const auto& name = request.in_path("name");
  if (!has_token(request, name))
    throw Refused(http::Status::not_found, "ORCH-0048",
                  fmt::format("there is no token \"{}\"", name), "GET /v1/tokens lists them");
  token_file_of(request).remove(name);
  return {bj::object{{"removed", true}}};
}

void add_scope(bj::object& item, const identity::Scope& scope) {
  if (scope.limited()) item["scope"] = identity::scope_document(scope);
}

// In the order in which the server asks: the first that matches counts.
Answer list_identities(Request& request) {
  bj::array items;
  items.push_back(bj::object{{"how", "owner"},
                             {"who", own_user_name() + ", over loopback"},
                             {"role", to_string(Role::admin)}});
  const auto& known = request.server.gate.known();
  for (const auto& key : known.keys)
    items.push_back(
        bj::object{{"how", "key"}, {"who", key.first}, {"role", to_string(Role::admin)}});
  if (known.provider)
    for (const auto& grant : known.provider->rules().grants) {
      bj::object item{{"how", "oidc"},
                      {"who", fmt::format("{} is {}", grant.claim, grant.value)},
                      {"role", to_string(grant.role)}};
      add_scope(item, grant.scope);
      items.push_back(std::move(item));
    }
  for (const auto& grant : known.certificates) {
    const auto* between = grant.subject.empty() || grant.name.empty() ? "" : ", ";
    bj::object item{{"how", "certificate"},
                    {"who", fmt::format("{}{}{}", grant.subject, between, grant.name)},
                    {"role", to_string(grant.role)}};
    add_scope(item, grant.scope);
    items.push_back(std::move(item));
  }
  return {bj::object{{"items", std::move(items)}}};
}

}  // namespace

void add_token_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/tokens",
                "tokens.list",
                "The tokens of the server, as `orch token list`: never their texts",
                Role::admin,
                {limit_parameter, cursor_parameter},
                {},
                "TokenPage",
                list_tokens});
  to.push_back({verb::post,
                "/v1/tokens",
                "tokens.add",
                "Make a token, as `orch token add`: its text is in this answer and nowhere else",
                Role::admin,
                {},
                "NewToken",
                "MadeToken",
                add_token});
  to.push_back({verb::delete_,
                "/v1/tokens/{name}",
                "tokens.remove",
                "Take a token away, as `orch token remove`: its sessions and streams end",
                Role::admin,
                {},
                {},
                "Removed",
                remove_token});
  to.push_back(
      {verb::get,
       "/v1/identities",
       "identities.list",
       "Who may use the server without a token of its own: the owner, keys, and the grants "
       "of the file of identities",
       Role::admin,
       {},
       {},
       "IdentityPage",
       list_identities});
}

}  // namespace orch::rest
