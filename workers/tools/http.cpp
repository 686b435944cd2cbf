#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "workers/tools/http_exchange.h"
#include "workers/tools/plain_text.h"
#include "workers/tools/task_input.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

constexpr std::int64_t most_response_bytes = 64 << 20;
constexpr std::array methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/// What the input says of the address, before a connection's is known.
struct Destination {
  std::string connection;
  std::string path;
  std::string query;
};

void read_body(json::Fields& fields, library::HttpRequest& request) {
  const auto* body = fields.get("body");
  if (!body) return;
  if (request.method == "GET" || request.method == "HEAD")
    fields.problem("body", fmt::format("{} has no body", request.method), "use method POST");
  else if (body->is_string() && has_header(request, "content-type"))
    request.body = plain_text(*body);
  else if (has_header(request, "content-type"))
    request.body = json::write(*body);
  else
    set_json_body(request, *body);
}

Destination read_destination(json::Fields& fields, library::HttpRequest& request) {
  Destination to;
  to.connection = fields.string("connection").value_or("");
  request.url = fields.string("url").value_or("");
  to.path = fields.string("path").value_or("");
  if (fields.has("connection") == fields.has("url"))
    fields.problem("", "the input needs exactly one of connection and url");
  if (fields.has("url") && fields.has("path"))
    fields.problem("path", "path belongs to a connection; the url has its own");
  if (const auto* query = fields.object("query")) {
    for (const auto& [name, value] : *query)
      to.query +=
          fmt::format("{}{}={}", to.query.empty() ? "" : "&",
                      url_encoded({name.data(), name.size()}), url_encoded(plain_text(value)));
  }
  return to;
}

Destination read_request(json::Fields& fields, library::HttpRequest& request) {
  request.method = fields.string("method").value_or("GET");
  if (std::find(methods.begin(), methods.end(), request.method) == methods.end())
    fields.problem("method", fmt::format("method must be one of {}, found \"{}\"",
                                         fmt::join(methods, ", "), request.method));
  auto to = read_destination(fields, request);
  read_headers(fields, "headers", request);
  read_body(fields, request);
  request.timeout = timeout_of(fields, std::chrono::seconds(60));
  if (const auto most = fields.integer("max_response_bytes", 1, most_response_bytes))
    request.max_response_bytes = static_cast<std::size_t>(*most);
  return to;
}

boost::json::value body_of(const library::HttpRequest& request,
                           const library::HttpResponse& response) {
  const auto type = std::find_if(response.headers.begin(), response.headers.end(),
                                 [](const auto& header) { return header.first == "content-type"; });
  if (response.body.empty()) return nullptr;
  const bool is_json =
      type != response.headers.end() && (type->second.starts_with("application/json") ||
                                         type->second.find("+json") != std::string::npos);
  if (!is_json) return boost::json::string(repaired(response.body));
  try {
    return json::parse(response.body);
  } catch (const json::SyntaxError& error) {
    throw workers::TaskFailed(
        "Http.ResponseInvalid",
        fmt::format("{} {}: the body is said to be JSON, but: {}", request.method,
                    request.url.substr(0, request.url.find('?')), error.what()),
        "", "ORCH-0607");
  }
}

class Http final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    library::HttpRequest request;
    Destination to;
    read_input(task, [&](json::Fields& fields) { to = read_request(fields, request); });
    if (!to.connection.empty())
      use_connection(*connectors::Connections::current(task.connections), to.connection, to.path,
                     request);
    else
      watch_addresses(task, request);
    request.url = join_url(request.url, "", to.query);
    const auto response = exchange_for_success(request, task, context);
    boost::json::object headers;
    for (const auto& [name, value] : response.headers) headers[name] = value;
    return {{"status", response.status},
            {"headers", std::move(headers)},
            {"body", body_of(request, response)}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_http() { return std::make_unique<Http>(); }

}  // namespace orch::tools
