// An HTTP/1.1 server that slow, broken and greedy clients cannot hold up: one coroutine per
// connection, all on one io_context that one thread runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "orchestrator/base/time.h"
#include "orchestrator/http/host_names.h"

namespace orch::http {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

struct Limits {
  std::uint32_t header_bytes = 32 << 10;
  std::uint64_t body_bytes = 8 << 20;
  /// One more, and whoever has waited longest without a request makes room.
  std::size_t connections = 1'024;
  Millis header_time{60'000};  ///< from the end of the last answer to the end of a header
  Millis body_time{30'000};
  Millis write_time{30'000};
};

struct ServerOptions {
  Limits limits = {};
  std::shared_ptr<boost::asio::ssl::context> tls = nullptr;  ///< null: plain HTTP
  std::shared_ptr<const HostNames> hosts = nullptr;          ///< null: any host and origin will do
};

struct Exchange;
struct Listening;

/// The answer to one request, still to be given. Copies stand for the same answer; the first send()
/// counts. Thread-safe.
class Reply {
 public:
  Reply(std::shared_ptr<Exchange> exchange, bool encrypted)
      : exchange_(std::move(exchange)), encrypted_(encrypted) {}

  /// `lost` is called, on the io_context's thread, when the client cannot get the answer, or has
  /// hung up before; what went with the answer can then go to somebody else.
  void send(Response response, std::function<void()> lost = {}) const;
  /// True when the client has hung up. It may still read: some end their side after the request.
  bool gone() const;
  /// `news` is called, on the io_context's thread, when the client hangs up before the answer.
  void when_gone(std::function<void()> news) const;
  /// True when the request came over TLS.
  bool encrypted() const { return encrypted_; }

 private:
  std::shared_ptr<Exchange> exchange_;
  bool encrypted_;
};

/// Answers a request, now or later, from any thread. Called on the io_context's thread; must not
/// block. An exception is answered with 500.
using Handler = std::function<void(Request request, Reply reply)>;

class Server {
 public:
  /// Listens at once. `address` is numeric; port 0 chooses a free one. Throws Error ORCH-0012 when
  /// the address cannot be listened on.
  Server(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
         ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Accepts nobody any more and closes idle connections; requests at work are answered. Call on
  /// the io_context's thread.
  void stop();
  /// Requests that have no answer yet. Call on the io_context's thread.
  std::size_t at_work() const;

 private:
  std::shared_ptr<Listening> state_;
};

}  // namespace orch::http
