#include "orchestrator/identity/identity_file.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/identity/sign_in_rules.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_leeway = 600;

Role read_role(json::Fields& fields) {
  const auto word = fields.required_string("role");
  const auto role = role_from(word);
  if (!role || *role == Role::none)
    fields.problem("role", fmt::format("there is no role \"{}\"", word),
                   "one of: viewer, operator, approver, editor, admin");
  return role.value_or(Role::none);
}

/// Calls `read` with the members of each object of a list.
template <class Read>
void for_each(json::Fields& fields, const char* list, json::Problems& problems, const Read& read) {
  const auto* array = fields.array(list);
  if (!array) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto at = fmt::format("{}/{}", fields.at(list), i);
    if (const auto* object = (*array)[i].if_object()) {
      json::Fields members(*object, at, problems);
      read(members);
      members.finish("a grant");
    } else {
      problems.push_back({at, "a grant must be an object"});
    }
  }
}

// Who can change what comes over the network could sign tokens.
void require_safe(json::Fields& fields, const char* member, const std::string& url) {
  if (!is_safe_url(url))
    fields.problem(member, fmt::format("{} is \"{}\": expected https://…", member, url));
}

OidcRules read_oidc(const bj::object& document, const std::filesystem::path& folder,
                    json::Problems& problems) {
  json::Fields fields(document, "/oidc", problems);
  OidcRules rules;
  rules.jwt.issuer = fields.required_string("issuer");
  require_safe(fields, "issuer", rules.jwt.issuer);
  rules.jwt.audience = fields.required_string("audience");
  if (rules.jwt.audience.empty()) fields.problem("audience", "the audience is empty");
  if (const auto seconds = fields.integer("leeway_seconds", 0, most_leeway))
    rules.jwt.leeway = std::chrono::seconds(*seconds);
  rules.keys_url = fields.string("jwks").value_or("");
  if (!rules.keys_url.empty()) require_safe(fields, "jwks", rules.keys_url);
  rules.name = fields.string("name").value_or(rules.name);
  for_each(fields, "grants", problems, [&](json::Fields& members) {
    ClaimGrant grant;
    grant.claim = members.required_string("claim");
    grant.value = members.required_string("value");
    grant.role = read_role(members);
    grant.scope = read_scope(members);
    rules.grants.push_back(std::move(grant));
  });
  if (const auto* sign_in = fields.object("sign_in"))
    rules.sign_in = read_sign_in(*sign_in, folder, problems);
  fields.finish("\"oidc\"");
  return rules;
}

const bj::value* claim_of(const bj::object& claims, std::string_view path) {
  if (const auto* found = claims.if_contains(path)) return found;
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto* inner = claims.if_contains(path.substr(0, dot));
  return inner && inner->is_object() ? claim_of(inner->get_object(), path.substr(dot + 1))
                                     : nullptr;
}

bool has(const bj::value& claim, const std::string& pattern) {
  const auto is = [&](const bj::value& value) {
    return value.is_string() && matches(pattern, std::string_view(value.get_string()));
  };
  if (const auto* list = claim.if_array()) return std::ranges::any_of(*list, is);
  return is(claim);
}

}  // namespace

Identities parse_identities(const std::string& text, const std::string& file) {
  Identities made;
  json::Problems problems;
  try {
    const auto document = json::parse(text);
    if (const auto* object = document.if_object()) {
      json::Fields fields(*object, "", problems);
      if (const auto* oidc = fields.object("oidc"))
        made.oidc = read_oidc(*oidc, std::filesystem::path(file).parent_path(), problems);
      for_each(fields, "certificates", problems, [&](json::Fields& members) {
        CertificateGrant grant;
        grant.subject = members.string("subject").value_or("");
        grant.name = members.string("name").value_or("");
        if (grant.subject.empty() && grant.name.empty())
          members.problem("", "a certificate is known by its subject or one of its names");
        grant.role = read_role(members);
        grant.scope = read_scope(members);
        made.certificates.push_back(std::move(grant));
      });
      fields.finish("a file of identities");
    } else {
      problems.push_back({"", "expected a JSON object"});
    }
    json::locate_problems(text, problems);
  } catch (const json::SyntaxError& error) {
    const auto place = json::location_of(text, error.offset());
    problems.push_back({"", error.what(), "", place.line, place.column});
  }
  if (!problems.empty()) throw InvalidDocument("ORCH-0051", file, std::move(problems));
  return made;
}

const ClaimGrant* grant_of(const OidcRules& rules, const bj::object& claims) {
  const auto found = std::ranges::find_if(rules.grants, [&](const ClaimGrant& grant) {
    const auto* claim = claim_of(claims, grant.claim);
    return claim && has(*claim, grant.value);
  });
  return found == rules.grants.end() ? nullptr : &*found;
}

}  // namespace orch::identity
