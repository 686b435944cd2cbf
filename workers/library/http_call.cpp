#include "workers/library/http_call.h"

#include <cctype>
#include <exception>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/worker.h"

namespace orch::library {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using boost::system::system_error;

constexpr std::chrono::milliseconds stop_interval{100};

/// The parts of a URL that a request is made of.
struct Address {
  bool tls = false;
  std::string host;
  std::string port;
  std::string authority;  ///< for the Host header
  std::string target;     ///< path and query
  std::string display;    ///< without the query, which may carry a secret
};

Address parse_address(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw workers::TaskFailed("Input.Invalid", fmt::format("not a URL to call: {}", why),
                              "http://host:port/path or https://…", "ORCH-0601");
  };
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) refuse(parsed.error().message());
  const auto& url = *parsed;
  const std::string scheme(url.scheme());
  if (scheme != "http" && scheme != "https") refuse(fmt::format("scheme \"{}\"", scheme));
  if (url.has_userinfo()) refuse("it holds a user or password; put a token into the connection");
  if (url.host().empty()) refuse("it names no host");
  Address address;
  address.tls = scheme == "https";
  address.host = url.host_address();
  address.port = url.has_port() ? std::string(url.port()) : address.tls ? "443" : "80";
  address.authority = std::string(url.encoded_host_and_port());
  const std::string path = url.encoded_path().empty() ? "/" : std::string(url.encoded_path());
  address.target = path;
  if (url.has_query()) address.target += "?" + std::string(url.encoded_query());
  address.display = fmt::format("{}://{}{}", scheme, address.authority, path);
  return address;
}

using Request = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;

Request make_message(const HttpRequest& request, const Address& address) {
  Request message;
  message.version(11);
  message.method_string(request.method);
  message.target(address.target);
  message.set(http::field::host, address.authority);
  message.set(http::field::user_agent, "orch");
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) {
    // A line break would begin a header of the client's own, towards a server of the operator's.
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
      throw workers::TaskFailed("Input.Invalid",
                                fmt::format("the header {} contains a line break or NUL", name),
                                "write its value in one line", "ORCH-0601");
    message.set(name, value);
  }
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

template <class Stream>
asio::awaitable<void> exchange(Stream& stream, const Request& message, Parser& parser) {
  co_await http::async_write(stream, message, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
}

using Admit = std::function<void(const std::string& address)>;
using Endpoints = asio::ip::tcp::resolver::results_type;

/// Whom the call connects to: what is looked at is what is used, so DNS cannot change its mind.
asio::awaitable<Endpoints> find_server(const Address& address, const Admit& admit) {
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  auto found = co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable);
  for (const auto& entry : found)
    if (admit) admit(entry.endpoint().address().to_string());
  co_return found;
}

asio::awaitable<void> call_plain(const Address& address, const Admit& admit, const Request& message,
                                 Parser& parser) {
  const auto executor = co_await asio::this_coro::executor;
  const auto found = co_await find_server(address, admit);
  beast::tcp_stream stream(executor);
  stream.expires_never();
  co_await stream.async_connect(found, asio::use_awaitable);
  co_await exchange(stream, message, parser);
}

asio::awaitable<void> call_tls(const Address& address, const Admit& admit, const Request& message,
                               Parser& parser) {
  const auto executor = co_await asio::this_coro::executor;
  const auto found = co_await find_server(address, admit);
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_default_verify_paths();
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification(address.host));
  beast::ssl_stream<beast::tcp_stream> stream(executor, context);
  SSL_set_tlsext_host_name(stream.native_handle(), address.host.c_str());
  auto& transport = beast::get_lowest_layer(stream);
  transport.expires_never();
  co_await transport.async_connect(found, asio::use_awaitable);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_await exchange(stream, message, parser);
}

[[noreturn]] void fail(const Address& address, const HttpRequest& request,
                       const error_code& error) {
  const auto failed = [&](const char* name, const std::string& what, const char* hint,
                          const char* code) {
    return workers::TaskFailed(
        name, fmt::format("{} {}: {}", request.method, address.display, what), hint, code);
  };
  if (error == http::error::body_limit || error == http::error::header_limit)
    throw failed("Http.ResponseTooLarge",
                 fmt::format("the response is larger than {} bytes", request.max_response_bytes),
                 "raise max_response_bytes, or let the payload carry a reference", "ORCH-0606");
  if (error.category() == asio::error::get_ssl_category() ||
      error.category() == asio::ssl::error::get_stream_category())
    throw failed(
        "Http.TlsFailed", repaired(error.message()),
        "the server's certificate must be valid for its name; SSL_CERT_FILE names own authorities",
        "ORCH-0605");
  if (error.category() == make_error_code(http::error::bad_value).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message)
    throw failed("Http.ResponseInvalid", repaired(error.message()), "is it an HTTP server?",
                 "ORCH-0607");
  throw failed("Connection.Down", repaired(error.message()), "is the server running and reachable?",
               "ORCH-0603");
}

/// Runs `io` until its work is done; false when the time is over first.
bool run_until(asio::io_context& io, std::chrono::steady_clock::time_point deadline,
               const std::function<void()>& tick) {
  while (!io.stopped()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    io.run_for(stop_interval);
    tick();
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

HttpResponse take_response(Parser& parser) {
  HttpResponse response;
  response.status = parser.get().result_int();
  const auto reason = parser.get().reason();
  response.reason = repaired({reason.data(), reason.size()});
  for (const auto& field : parser.get()) {
    const auto name = field.name_string();
    const auto value = field.value();
    response.headers.emplace_back(lower({name.data(), name.size()}),
                                  repaired({value.data(), value.size()}));
  }
  response.body = std::move(parser.get().body());
  return response;
}

}  // namespace

HttpResponse http_call(const HttpRequest& request, const std::function<void()>& tick) {
  const auto address = parse_address(request.url);
  const auto message = make_message(request, address);
  Parser parser;
  parser.body_limit(request.max_response_bytes);
  parser.skip(request.method == "HEAD");
  std::exception_ptr failed;
  asio::io_context io(1);
  auto call = address.tls ? call_tls(address, request.admit, message, parser)
                          : call_plain(address, request.admit, message, parser);
  asio::co_spawn(io, std::move(call), [&](std::exception_ptr error) { failed = std::move(error); });
  if (!run_until(io, std::chrono::steady_clock::now() + request.timeout, tick))
    throw workers::TaskFailed("Http.Timeout",
                              fmt::format("{} {}: no complete response within {} ms",
                                          request.method, address.display, request.timeout.count()),
                              "raise timeout_seconds, or look at the server", "ORCH-0604");
  try {
    if (failed) std::rethrow_exception(failed);
  } catch (const system_error& error) {
    fail(address, request, error.code());
  }
  return take_response(parser);
}

}  // namespace orch::library
