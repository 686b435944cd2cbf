// One HTTP/1.1 request over TCP or TLS.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace orch::library {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http:// or https://
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout = std::chrono::seconds(60);  ///< of the whole exchange
  std::size_t max_response_bytes = 1 << 20;
  /// Is told each numeric address that the host leads to, before any is connected to; throws to
  /// refuse.
  std::function<void(const std::string& address)> admit = {};
};

struct HttpResponse {
  unsigned status = 0;
  std::string reason;                                        ///< "OK", as the server says it
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
};

/// Sends `request` on a connection of its own and returns whatever the server answers; redirects
/// are not followed. Certificates are checked against the system's, or SSL_CERT_FILE's. `tick` is
/// called several times a second while it waits, and may throw to give up. Blocks. Throws
/// TaskFailed "Connection.Down", "Http.Timeout", "Http.TlsFailed", "Http.ResponseTooLarge",
/// "Http.ResponseInvalid", "Input.Invalid" for a URL it cannot call.
HttpResponse http_call(const HttpRequest& request, const std::function<void()>& tick);

}  // namespace orch::library
