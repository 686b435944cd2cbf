#include "orchestrator/identity/sign_in_rules.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/base/private_file.h"
#include "orchestrator/base/read_file.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

std::string read_secret_file(const std::filesystem::path& file) {
  require_private(file, "the file of the client's secret");
  auto text = read_file(file);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// {"env": NAME} or {"file": PATH}, as secrets are named everywhere.
std::string read_client_secret(json::Fields& fields, const std::filesystem::path& folder) {
  const auto* place = fields.object("client_secret");
  if (!place) return {};
  json::Fields members(*place, fields.at("client_secret"), fields.problems());
  const auto environment = members.string("env");
  const auto file = members.string("file");
  members.finish("\"client_secret\"");
  std::string secret;
  if (environment.has_value() == file.has_value()) {
    fields.problem("client_secret", "a client secret needs exactly one of env and file");
    return secret;
  }
  try {
    if (file) secret = read_secret_file(folder / *file);
  } catch (const Error& error) {
    fields.problem("client_secret", error.what(), error.hint());
    return secret;
  }
  const char* found = environment ? std::getenv(environment->c_str()) : nullptr;
  if (found) secret = found;
  if (secret.empty())
    fields.problem("client_secret", environment
                                        ? fmt::format("the environment has no {}", *environment)
                                        : fmt::format("{} is empty", *file));
  return secret;
}

std::string read_address(json::Fields& fields) {
  auto address = fields.required_string("address");
  if (address.ends_with('/')) address.pop_back();
  const auto host = address.find("://");
  const bool bare =
      host != std::string::npos && address.find_first_of("/?#@\\ ", host + 3) == std::string::npos;
  if (!is_safe_url(address) || !bare)
    fields.problem("address", fmt::format("the address is \"{}\"", address),
                   "expected where browsers reach this server: https://HOST or https://HOST:PORT");
  return address;
}

}  // namespace

bool is_safe_url(std::string_view url) {
  if (url.starts_with("https://")) return true;
  for (const std::string_view loopback : {"http://127.0.0.1", "http://[::1]", "http://localhost"}) {
    if (!url.starts_with(loopback)) continue;
    const auto rest = url.substr(loopback.size());
    return rest.empty() || rest.front() == ':' || rest.front() == '/';
  }
  return false;
}

SignInRules read_sign_in(const bj::object& document, const std::filesystem::path& folder,
                         json::Problems& problems) {
  json::Fields fields(document, "/oidc/sign_in", problems);
  SignInRules rules;
  rules.client_id = fields.required_string("client_id");
  rules.client_secret = read_client_secret(fields, folder);
  rules.address = read_address(fields);
  if (fields.has("scopes")) rules.scopes = fields.strings("scopes");
  if (std::ranges::find(rules.scopes, "openid") == rules.scopes.end())
    fields.problem("scopes", "without the scope \"openid\" the provider gives no ID token");
  rules.label = fields.string("label").value_or("single sign-on");
  fields.finish("\"sign_in\"");
  return rules;
}

}  // namespace orch::identity
