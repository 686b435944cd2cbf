#include "orchestrator/http/server.h"

#include <atomic>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/http_date.h"
#include "orchestrator/base/log.h"

namespace orch::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using net::ip::tcp;
using Status = beast::http::status;

/// Shared by a session and those who answer. Everything but `gone` belongs to the io thread.
struct Exchange {
  explicit Exchange(const net::any_io_executor& executor) : answered(executor) {}

  net::steady_timer answered;  ///< cancelled when there is news
  std::optional<Response> response;
  std::atomic<bool> gone = false;
  bool over = false;  ///< the session does not wait any more
};

struct Listening {
  Listening(net::io_context& io, Limits the_limits, Handler the_handler)
      : acceptor(io), pause(io), limits(the_limits), handler(std::move(the_handler)) {}

  tcp::acceptor acceptor;
  net::steady_timer pause;
  Limits limits;
  Handler handler;
  std::list<beast::tcp_stream*> idle;  ///< connections that wait for a request
  std::size_t connections = 0;
  std::size_t at_work = 0;
  bool stopping = false;
};

namespace {

// An error is an ordinary end here.
constexpr auto as_result = net::as_tuple(net::use_awaitable);
constexpr std::chrono::milliseconds accept_pause{100};

using Parser = beast::http::request_parser<beast::http::string_body>;

// A refusal of the server itself, before anybody has seen the request.
Response refusal(Status status, const char* type, const std::string& message) {
  Response response(status, 11);
  response.set(beast::http::field::content_type, "application/x-amz-json-1.0");
  response.body() = fmt::format(R"({{"__type":"{}","message":"{}"}})", type, message);
  response.keep_alive(false);
  return response;
}

Response refusal_of(const beast::error_code& error, const Limits& limits) {
  using Fault = beast::http::error;
  if (error == Fault::body_limit)
    return refusal(Status::payload_too_large, "RequestEntityTooLargeException",
                   fmt::format("the body is larger than {} bytes", limits.body_bytes));
  if (error == Fault::header_limit)
    return refusal(Status::request_header_fields_too_large, "SerializationException",
                   fmt::format("the header is larger than {} bytes", limits.header_bytes));
  return refusal(Status::bad_request, "SerializationException", "the request is not HTTP/1.1");
}

// Whether the client broke the rules, in contrast to having gone or stalled.
bool breaks_rules(const beast::error_code& error) {
  using Fault = beast::http::error;
  return error.category() == beast::http::make_error_code(Fault::body_limit).category() &&
         error != Fault::end_of_stream && error != Fault::partial_message;
}

// Notices that the client hangs up while its request is at work.
void watch(tcp::socket& socket, const std::shared_ptr<Exchange>& exchange) {
  socket.async_wait(tcp::socket::wait_read, [&socket, exchange](const beast::error_code& error) {
    if (error || exchange->over) return;
    char byte = 0;
    beast::error_code failed;
    socket.non_blocking(true, failed);
    const auto size = socket.receive(net::buffer(&byte, 1), tcp::socket::message_peek, failed);
    // More bytes are the next request, which has to wait.
    if (size > 0 || failed == net::error::would_block) return;
    exchange->gone.store(true, std::memory_order_relaxed);
    exchange->answered.cancel();
  });
}

/// One connection. A peer that hangs up or stalls ends its session and nothing else.
class Session {
 public:
  Session(tcp::socket socket, std::shared_ptr<Listening> state)
      : stream_(std::move(socket)), state_(std::move(state)) {
    ++state_->connections;
  }
  ~Session() { --state_->connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  net::awaitable<void> run() {
    while (!state_->stopping) {
      Parser parser;
      parser.header_limit(state_->limits.header_bytes);
      parser.body_limit(state_->limits.body_bytes);
      const bool read = co_await receive(parser);
      if (!read) co_return;
      auto request = parser.release();
      const bool keep_alive = request.keep_alive();
      auto response = co_await answer(std::move(request));
      if (!response) co_return;
      response->keep_alive(keep_alive && !state_->stopping);
      const bool open = co_await send(std::move(*response));
      if (!open) co_return;
    }
  }

 private:
  // False: the connection is over.
  net::awaitable<bool> receive(Parser& parser) {
    const auto place = state_->idle.insert(state_->idle.end(), &stream_);
    stream_.expires_after(state_->limits.header_time);
    auto header = co_await beast::http::async_read_header(stream_, buffer_, parser, as_result);
    state_->idle.erase(place);
    auto error = std::get<0>(header);
    if (!error && beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
      beast::http::response<beast::http::empty_body> go_on(Status::continue_, 11);
      auto written = co_await beast::http::async_write(stream_, go_on, as_result);
      error = std::get<0>(written);
    }
    if (!error) {
      stream_.expires_after(state_->limits.body_time);
      auto body = co_await beast::http::async_read(stream_, buffer_, parser, as_result);
      error = std::get<0>(body);
    }
    if (!error) co_return true;
    if (breaks_rules(error)) co_await send(refusal_of(error, state_->limits));
    co_return false;
  }

  // Empty: the client has hung up.
  net::awaitable<std::optional<Response>> answer(Request request) {
    const auto exchange = std::make_shared<Exchange>(stream_.get_executor());
    exchange->answered.expires_at(std::chrono::steady_clock::time_point::max());
    stream_.expires_never();
    watch(stream_.socket(), exchange);
    ++state_->at_work;
    ask(std::move(request), exchange);
    while (!exchange->response && !exchange->gone) {
      auto waited = co_await exchange->answered.async_wait(as_result);
      static_cast<void>(waited);  // always cancelled: that is the news
    }
    --state_->at_work;
    exchange->over = true;
    stream_.socket().cancel();
    if (exchange->gone) co_return std::nullopt;
    co_return std::move(exchange->response);
  }

  void ask(Request request, const std::shared_ptr<Exchange>& exchange) {
    try {
      state_->handler(std::move(request), Reply(exchange));
    } catch (const std::exception& error) {
      log::error("msg=\"a request failed: {}\"", error.what());
      exchange->response =
          refusal(Status::internal_server_error, "InternalFailure", "the server failed");
    }
  }

  // False: the connection is over.
  net::awaitable<bool> send(Response response) {
    response.set(beast::http::field::server, "orch");
    // When the answer was made: workers order the tasks that they are given by it.
    response.set(beast::http::field::date,
                 to_http_date(std::chrono::floor<Millis>(std::chrono::system_clock::now())));
    response.prepare_payload();
    const bool keep_alive = response.keep_alive();
    stream_.expires_after(state_->limits.write_time);
    beast::http::message_generator message(std::move(response));
    auto written = co_await beast::async_write(stream_, std::move(message), as_result);
    if (std::get<0>(written)) co_return false;
    if (keep_alive) co_return true;
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    co_return false;
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::shared_ptr<Listening> state_;
};

net::awaitable<void> serve(tcp::socket socket, std::shared_ptr<Listening> state) {
  Session session(std::move(socket), std::move(state));
  co_await session.run();
}

net::awaitable<void> turn_away(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(std::chrono::seconds(1));
  auto response = refusal(Status::service_unavailable, "ServiceUnavailableException",
                          "the server has no connection left");
  response.prepare_payload();
  auto written = co_await beast::http::async_write(stream, response, as_result);
  static_cast<void>(written);  // whoever is turned away need not listen
}

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log::error("msg=\"a connection failed: {}\"", error.what());
  }
}

net::awaitable<void> accept(std::shared_ptr<Listening> state) {
  while (!state->stopping) {
    auto accepted = co_await state->acceptor.async_accept(as_result);
    if (state->stopping) co_return;
    if (std::get<0>(accepted)) {
      // Out of descriptors, say: those that wait in the queue get their turn later.
      log::warn("msg=\"cannot accept: {}\"", std::get<0>(accepted).message());
      state->pause.expires_after(accept_pause);
      auto waited = co_await state->pause.async_wait(as_result);
      static_cast<void>(waited);
      continue;
    }
    auto socket = std::move(std::get<1>(accepted));
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto executor = state->acceptor.get_executor();
    if (state->connections >= state->limits.connections)
      net::co_spawn(executor, turn_away(std::move(socket)), report);
    else
      net::co_spawn(executor, serve(std::move(socket), state), report);
  }
}

void listen(tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  try {
    const tcp::endpoint endpoint(net::ip::make_address(address), port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
  } catch (const boost::system::system_error& error) {
    throw Error(
        "ORCH-0012",
        fmt::format("cannot listen on {} port {}: {}", address, port, error.code().message()),
        "choose another --listen; port 0 takes a free one");
  }
}

}  // namespace

void Reply::send(Response response) const {
  net::post(exchange_->answered.get_executor(),
            [exchange = exchange_, response = std::move(response)]() mutable {
              if (exchange->response || exchange->over) return;
              exchange->response = std::move(response);
              exchange->answered.cancel();
            });
}

bool Reply::gone() const { return exchange_->gone.load(std::memory_order_relaxed); }

Server::Server(net::io_context& io, const std::string& address, std::uint16_t port, Limits limits,
               Handler handler)
    : state_(std::make_shared<Listening>(io, limits, std::move(handler))) {
  listen(state_->acceptor, address, port);
  net::co_spawn(io, accept(state_), report);
}

Server::~Server() = default;

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

bool Server::loopback() const { return state_->acceptor.local_endpoint().address().is_loopback(); }

void Server::stop() {
  state_->stopping = true;
  state_->acceptor.close();
  state_->pause.cancel();
  for (auto* stream : state_->idle) stream->cancel();
}

std::size_t Server::at_work() const { return state_->at_work; }

}  // namespace orch::http
