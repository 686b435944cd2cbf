#include "workers/library/keys.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/aws_answer.h"
#include "workers/library/http_call.h"
#include "workers/worker.h"

namespace orch::library {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::chrono::seconds patience{2};
constexpr std::chrono::minutes early{5};
constexpr const char* container_host = "http://169.254.170.2";
constexpr const char* instance_host = "http://169.254.169.254";
constexpr const char* role_path = "/latest/meta-data/iam/security-credentials/";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error("ORCH-0661", fmt::format("{} gives no keys: {}", where, why),
              "has the container or instance a role?");
}

std::string ask(const std::string& method, const std::string& url, const Headers& headers) {
  HttpRequest request{method, url, headers, {}};
  request.timeout = patience;
  const auto response = http_call(request, [] {});
  if (response.status != 200) refuse(url, fmt::format("status {}", response.status));
  return response.body;
}

// A token of the container must not go over the wire to anybody else.
void check_container_url(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const auto host = parsed ? std::string(parsed->host_address()) : std::string();
  const bool near = host == "localhost" || host.starts_with("127.") || host == "::1" ||
                    host == "169.254.170.2" || host == "169.254.170.23" || host == "fd00:ec2::23";
  if (parsed && (parsed->scheme() == "https" || near)) return;
  refuse("AWS_CONTAINER_CREDENTIALS_FULL_URI", "it is neither https nor an address of the host");
}

std::string container_token() {
  const auto file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (file.empty()) return environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  std::ifstream in(file);
  if (!in) refuse("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "the file cannot be read");
  std::string token{std::istreambuf_iterator<char>(in), {}};
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  return token;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Keys::Lease Keys::read_lease(const std::string& answer, const std::string& where) {
  boost::json::value document;
  try {
    document = json::parse(answer);
  } catch (const json::SyntaxError&) {
    refuse(where, "the answer is not JSON");
  }
  const auto text = [&](const char* name) { return json::text_member(document, name); };
  const auto until = from_iso(text("Expiration"));
  Lease lease{{text("AccessKeyId"), text("SecretAccessKey"), text("Token")},
              until.value_or(wall_now() + 2 * early)};
  if (lease.credentials.key_id.empty() || lease.credentials.secret.empty())
    refuse(where, "the answer has no AccessKeyId and SecretAccessKey");
  return lease;
}

std::optional<Keys::Lease> Keys::of_container() {
  auto url = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (const auto path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !path.empty())
    url = container_host + path;
  if (url.empty()) return std::nullopt;
  check_container_url(url);
  Headers headers;
  if (auto token = container_token(); !token.empty())
    headers.emplace_back("authorization", std::move(token));
  return read_lease(ask("GET", url, headers), url);
}

// On a machine outside AWS nothing answers at that address.
std::optional<Keys::Lease> Keys::of_instance() {
  if (environment("AWS_EC2_METADATA_DISABLED") == "true") return std::nullopt;
  auto host = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (host.empty()) host = instance_host;
  while (host.ends_with('/')) host.pop_back();
  std::string token;
  try {
    token =
        ask("PUT", host + "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "60"}});
  } catch (const workers::TaskFailed&) {
    return std::nullopt;
  }
  const Headers headers{{"x-aws-ec2-metadata-token", token}};
  const auto role = first_line(ask("GET", host + role_path, headers));
  return read_lease(ask("GET", host + role_path + role, headers), host);
}

std::optional<Keys::Lease> Keys::renewed() const {
  try {
    if (auto lease = of_container()) return lease;
    return ask_instance_ ? of_instance() : std::nullopt;
  } catch (const workers::TaskFailed& failure) {
    refuse("the role", failure.what());
  }
}

std::optional<aws::Credentials> Keys::current() {
  if (auto given = aws::find_credentials()) return given;
  const std::scoped_lock lock(mutex_);
  const auto now = wall_now();
  if (lease_ && now + early < lease_->until) return lease_->credentials;
  try {
    lease_ = renewed();
  } catch (const Error&) {
    if (!lease_ || now >= lease_->until) throw;  // else those there are still do
  }
  if (!lease_) return std::nullopt;
  return lease_->credentials;
}

}  // namespace orch::library
