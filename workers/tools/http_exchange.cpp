#include "workers/tools/http_exchange.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "orchestrator/telemetry/trace_context.h"
#include "workers/tools/task_input.h"

namespace orch::tools {
namespace {

constexpr std::size_t body_in_cause = 1000;

[[noreturn]] void fail_status(const library::HttpRequest& request,
                              const library::HttpResponse& response) {
  const auto place = request.url.substr(0, request.url.find('?'));
  boost::json::object details{{"status", response.status}};
  if (!response.body.empty()) details["body"] = repaired(response.body.substr(0, body_in_cause));
  for (const auto& [name, value] : response.headers) {
    if (name == "location" || name == "retry-after") details[name] = value;
  }
  const bool redirect = response.status / 100 == 3;
  throw workers::TaskFailed(
      fmt::format("Http.StatusCode.{}", response.status),
      fmt::format("{} {}: status {}, expected 2xx", request.method, place, response.status),
      redirect ? "redirects are not followed: call the location itself" : "", "ORCH-0602",
      std::move(details));
}

bool token_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool control_character(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

// Headers that the request sets by itself, or whose value would be a secret in a definition.
void refuse_reserved(const std::string& name, json::Fields& headers) {
  std::string lower = name;
  for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "authorization" || lower == "proxy-authorization" || lower == "cookie")
    headers.problem(name, fmt::format("{} must not stand in a definition", name),
                    R"(give the connection a "token" and name the connection here)");
  if (lower == "host" || lower == "content-length" || lower == "transfer-encoding" ||
      lower == "connection" || lower == "idempotency-key")
    headers.problem(name, fmt::format("{} is set by the worker", name));
}

}  // namespace

bool has_header(const library::HttpRequest& request, std::string_view wanted) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), wanted.begin(), wanted.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
  });
}

void read_headers(json::Fields& fields, std::string_view field, library::HttpRequest& request) {
  const auto* object = fields.object(field);
  if (!object) return;
  json::Fields headers(*object, fields.at(field), fields.problems());
  for (const auto& [key, ignored] : *object) {
    const std::string name(key);
    const auto value = headers.string(name);
    if (name.empty() || !std::all_of(name.begin(), name.end(), token_character))
      headers.problem(name, fmt::format("not a header name: \"{}\"", name));
    if (value && std::any_of(value->begin(), value->end(), control_character))
      headers.problem(name, fmt::format("the header {} contains a control character", name));
    refuse_reserved(name, headers);
    request.headers.emplace_back(name, value.value_or(""));
  }
}

std::string join_url(const std::string& base, const std::string& path, const std::string& query) {
  const auto mark = base.find_first_of("?#");
  auto url = base.substr(0, mark);
  const auto own_query =
      mark == std::string::npos || base[mark] == '#' ? "" : base.substr(mark + 1);
  if (!path.empty()) {
    while (url.ends_with('/')) url.pop_back();
    url += path.starts_with('/') ? path : "/" + path;
  }
  const auto both =
      own_query.empty() || query.empty() ? own_query + query : own_query + "&" + query;
  return both.empty() ? url : url + "?" + both;
}

void use_connection(const connectors::Connections& connections, const std::string& name,
                    const std::string& path, library::HttpRequest& request) {
  const auto endpoint = connections.endpoint(name);
  request.url = join_url(endpoint.url, path, "");
  if (!endpoint.token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + endpoint.token);
}

void watch_addresses(const workers::Task& task, library::HttpRequest& request) {
  if (!task.access) return;
  request.admit = [policy = task.access, url = request.url](const std::string& address) {
    workers::deny(policy->refuse_address(url, address));
  };
}

void set_json_body(library::HttpRequest& request, const boost::json::value& body) {
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = json::write(body);
}

library::HttpResponse exchange_for_success(library::HttpRequest request, const workers::Task& task,
                                           workers::TaskContext& context) {
  request.headers.emplace_back("Idempotency-Key", delivery_id(task));
  if (telemetry::is_tracing() && !has_header(request, "traceparent"))
    request.headers.emplace_back("traceparent", telemetry::traceparent(task.run, task.ticket));
  auto response = library::http_call(request, [&] {
    if (context.stop_requested()) throw workers::Cancelled();
    context.heartbeat();
  });
  if (response.status / 100 != 2) fail_status(request, response);
  return response;
}

}  // namespace orch::tools
