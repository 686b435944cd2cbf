#include "orchestrator/cli/identities.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/signing_keys.h"
#include "workers/library/http_call.h"

namespace orch::cli {
namespace {

constexpr unsigned ok = 200;
constexpr std::chrono::seconds fetch_time{5};

std::string fetch(const std::string& url) {
  library::HttpRequest request;
  request.url = url;
  request.timeout = fetch_time;
  const auto answer = library::http_call(request, [] {});
  if (answer.status != ok)
    throw Error("ORCH-0051", fmt::format("{} answers {}", url, answer.status));
  return answer.body;
}

identity::TokenAnswer post_form(const std::string& url, const std::string& form,
                                const std::string& authorization) {
  library::HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.timeout = fetch_time;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
  request.body = form;
  auto answer = library::http_call(request, [] {});
  return {answer.status, std::move(answer.body)};
}

}  // namespace

rest::Known known_identities(const Settings& settings, const std::string& client_authorities) {
  rest::Known known{signing_keys(settings)};
  const auto& file = settings.value("identities");
  if (file.empty()) return known;
  auto identities = identity::parse_identities(read_text(file), file);
  if (!identities.certificates.empty() && client_authorities.empty())
    throw Error("ORCH-0001",
                fmt::format("{} knows certificates, and there is no --client-ca", file),
                "name the PEM file of the authorities that have signed them");
  known.certificates = std::move(identities.certificates);
  if (!identities.oidc) return known;
  const auto sign_in = identities.oidc->sign_in;
  known.provider = std::make_shared<identity::Provider>(std::move(*identities.oidc), fetch);
  if (sign_in)
    known.sign_in = std::make_shared<identity::SignIn>(*sign_in, known.provider, post_form);
  return known;
}

}  // namespace orch::cli
