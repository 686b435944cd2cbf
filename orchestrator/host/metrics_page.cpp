#include "orchestrator/host/metrics_page.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/base/secret.h"

namespace orch::host {
namespace {

namespace beast = boost::beast::http;

constexpr const char* text_type = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* open_metrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

http::Response plain(http::Status status, std::string text) {
  http::Response out(status, 11);
  out.set(beast::field::content_type, "text/plain; charset=utf-8");
  out.body() = std::move(text);
  return out;
}

std::string token_in(const std::string& file) {
  auto text = read_file(file);
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

// Nothing when the reader may see the metrics.
std::optional<http::Response> refusal_of(const http::Request& request,
                                         const MetricsAccess& access) {
  if (access.token_file.empty()) {
    if (!access.exposed) return std::nullopt;
    return plain(http::Status::forbidden,
                 "other machines reach this server: start it with --metrics-token FILE\n");
  }
  std::string token;
  try {
    token = token_in(access.token_file);
  } catch (const Error& error) {
    log::error({{"code", error.code()}}, "no metrics: {}", error.what());
  }
  const auto given = request[beast::field::authorization];
  const auto wanted = "Bearer " + token;
  if (!token.empty() && same_secret({given.data(), given.size()}, wanted)) return std::nullopt;
  auto out =
      plain(http::Status::unauthorized, "the metrics are shown to those who know the token\n");
  out.set(beast::field::www_authenticate, "Bearer");
  return out;
}

}  // namespace

http::Handler metrics_page(const telemetry::Registry& registry, MetricsAccess access) {
  return {[&registry, access = std::move(access)](const http::Request& request,
                                                  const http::Reply& reply) {
    if (auto refused = refusal_of(request, access)) return reply.send(std::move(*refused));
    const auto accepted = request[beast::field::accept];
    const bool open = accepted.find("application/openmetrics-text") != accepted.npos;
    http::Response out(http::Status::ok, 11);
    out.set(beast::field::content_type, open ? open_metrics_type : text_type);
    out.set(beast::field::cache_control, "no-store");
    if (request.method() != beast::verb::head)
      out.body() = registry.text(open ? telemetry::Exposition::open_metrics
                                      : telemetry::Exposition::prometheus);
    reply.send(std::move(out));
  }};
}

}  // namespace orch::host
