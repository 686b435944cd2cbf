// HTTP: the bytes are what a client sends over one connection. The server answers or hangs up, and
// is ready for the next one; requests that get through are read as calls of an AWS client.
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "orchestrator/http/server.h"
#include "orchestrator/stepfunctions/aws_request.h"
#include "orchestrator/stepfunctions/error.h"
#include "tests/fuzz/fuzz.h"

using namespace orch;

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using net::ip::tcp;

constexpr int passes = 200;  // of the io_context, until a connection must be over

http::Response answer(const http::Request& request) {
  http::Response response(beast::http::status::ok, 11);
  try {
    const auto call = stepfunctions::read_aws_request(request, false, {}, Instant());
    response.body() = std::string(call.operation) + call.region;
  } catch (const stepfunctions::ServiceError& error) {
    fuzz::require(!error.type().empty(), "a refusal has a type");
    response.result(beast::http::status::bad_request);
  }
  try {
    stepfunctions::read_aws_request(request, false, {{"key", "secret"}}, Instant());
  } catch (const aws::SignatureRefused&) {
    return response;
  }
  fuzz::require(false, "a signature cannot be guessed");
  return response;
}

/// A server on loopback and everything that happens to it, in one thread: each run is the same.
class Loopback {
 public:
  Loopback()
      : server_(io_, "127.0.0.1", 0, {limits()},
                {[](http::Request request, http::Reply reply) { reply.send(answer(request)); }}),
        to_(net::ip::make_address("127.0.0.1"), server_.port()) {}

  void send(std::string_view bytes) {
    tcp::socket client(io_);
    client.connect(to_);
    client.set_option(net::socket_base::linger(true, 0));  // no TIME_WAIT: there are thousands
    beast::error_code ignored;
    net::write(client, net::buffer(bytes.data(), bytes.size()), ignored);
    client.shutdown(tcp::socket::shutdown_send, ignored);
    client.non_blocking(true);
    fuzz::require(ends(client), "the server answers and hangs up when the client has finished");
    client.close(ignored);
    fuzz::require(server_.at_work() == 0, "nothing is left at work");
  }

 private:
  static http::Limits limits() {
    http::Limits limits;
    limits.header_bytes = 2 << 10;
    limits.body_bytes = 8 << 10;
    return limits;
  }

  // Lets the server work, and reads what it says, until it has closed the connection.
  bool ends(tcp::socket& client) {
    for (int pass = 0; pass < passes; ++pass) {
      io_.restart();
      io_.poll();
      char answers[4096];
      beast::error_code error;
      while (!error) client.read_some(net::buffer(answers), error);
      if (error != net::error::would_block) return true;
    }
    return false;
  }

  net::io_context io_;
  http::Server server_;
  tcp::endpoint to_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Loopback loopback;
  if (size <= 16 << 10) loopback.send(fuzz::text_of(data, size));
  return 0;
}
