#include "orchestrator/cli/trace_settings.h"

#include <cstdlib>
#include <stdexcept>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/monitor/traces.h"
#include "orchestrator/telemetry/metrics.h"
#include "workers/library/http_call.h"

namespace orch::cli {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "key=value,other=a%20b". Source: OpenTelemetry protocol exporter, "Specifying headers".
Headers headers_of_environment() {
  Headers headers;
  const char* value = std::getenv("OTEL_EXPORTER_OTLP_HEADERS");
  std::string_view rest = value ? value : "";
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto equals = pair.find('=');
    const auto text = equals == pair.npos ? "" : trimmed(pair.substr(equals + 1));
    const auto decoded = boost::urls::make_pct_string_view({text.data(), text.size()});
    const auto name = trimmed(pair.substr(0, equals));
    if (name.empty() || !decoded || equals == pair.npos)
      throw Error("ORCH-0001", "OTEL_EXPORTER_OTLP_HEADERS is not a list of NAME=VALUE",
                  "values are percent-encoded and separated by commas");
    std::string plain;
    decoded->decode({}, boost::urls::string_token::assign_to(plain));
    headers.emplace_back(name, plain);
  }
  return headers;
}

boost::json::array resource_attributes() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return {monitor::attribute("service.name", "orch"),
          monitor::attribute("service.version", version()), monitor::attribute("host.name", host)};
}

}  // namespace

std::unique_ptr<monitor::SpanExporter> span_exporter(const std::string& url) {
  if (url.empty()) return nullptr;
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https"))
    throw Error("ORCH-0001", fmt::format("traces is \"{}\": expected a URL", url),
                "of a collector that takes OTLP over HTTP: http://127.0.0.1:4318/v1/traces");
  auto headers = headers_of_environment();
  headers.emplace_back("Content-Type", "application/json");
  auto send = [url, headers](const std::string& body, const std::function<void()>& tick) {
    library::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = headers;
    request.body = body;
    request.timeout = std::chrono::seconds(10);
    const auto answer = library::http_call(request, tick);
    if (answer.status / 100 != 2)
      throw std::runtime_error(fmt::format("the collector answers {}", answer.status));
  };
  return std::make_unique<monitor::SpanExporter>(std::move(send), resource_attributes(),
                                                 telemetry::registry());
}

}  // namespace orch::cli
