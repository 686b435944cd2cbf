// An HTTP/1.1 server that slow, broken and greedy clients cannot hold up: one coroutine per
// connection, all on one io_context that one thread runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "orchestrator/base/time.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/http/host_names.h"

namespace orch::http {

struct Limits {
  std::uint32_t header_bytes = 32 << 10;
  std::uint64_t body_bytes = 8 << 20;
  /// Bodies up to this size are read at once; larger ones share `bodies_bytes` until they are
  /// answered, and wait for their share with the rest unread.
  std::uint64_t small_body_bytes = 64 << 10;
  std::uint64_t bodies_bytes = 256 << 20;
  /// One more, and the connection that has been idle longest makes room.
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

struct Listening;

class Server {
 public:
  /// Listens at once. `address` is numeric; port 0 chooses a free one. Throws Error ORCH-0012 when
  /// the address cannot be listened on.
  Server(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
         ServerOptions options, Handler handler);
  /// Takes over `listening`, a TCP socket that listens already.
  Server(boost::asio::io_context& io, int listening, ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Accepts no more connections, closes idle ones and ends streams; requests at work are answered.
  /// Call on the io_context's thread.
  void stop();
  /// Requests that have no answer yet; one that is a stream has its answer. Call on the
  /// io_context's thread.
  std::size_t at_work() const;

 private:
  std::shared_ptr<Listening> state_;
};

}  // namespace orch::http
