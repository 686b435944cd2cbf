#include "orchestrator/http/server.h"

#include <cerrno>
#include <exception>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/http/exchange.h"
#include "orchestrator/http/link.h"
#include "orchestrator/http/session.h"

namespace orch::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using net::ip::tcp;

namespace {

constexpr Millis accept_pause{100};

net::awaitable<void> turn_away(tcp::socket socket, std::shared_ptr<Listening> state) {
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(std::chrono::seconds(1));
  auto response = refusal(state->handler, {Fault::busy, "the server has no connection left"});
  response.prepare_payload();
  auto written = co_await beast::http::async_write(stream, response, as_result);
  static_cast<void>(written);  // a client that is turned away need not listen
}

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log::error("a connection failed: {}", error.what());
  }
}

// A client without a request makes room for one that may have one. False: all are at work.
bool make_room(Listening& state) {
  if (state.connections < state.options.limits.connections) return true;
  if (state.idle.empty()) return false;
  state.idle.front()();
  state.idle.splice(state.idle.end(), state.idle, state.idle.begin());
  return true;
}

net::awaitable<void> accept(std::shared_ptr<Listening> state) {
  while (!state->stopping) {
    auto accepted = co_await state->acceptor.async_accept(as_result);
    if (state->stopping) co_return;
    if (std::get<0>(accepted)) {
      // Out of descriptors, say: those that wait in the queue get their turn later.
      log::warn("cannot accept: {}", std::get<0>(accepted).message());
      if (!state->idle.empty()) state->idle.front()();
      state->pause.expires_after(accept_pause);
      auto waited = co_await state->pause.async_wait(as_result);
      static_cast<void>(waited);
      continue;
    }
    auto socket = std::move(std::get<1>(accepted));
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto executor = state->acceptor.get_executor();
    if (make_room(*state))
      net::co_spawn(executor, serve(std::move(socket), state), report);
    else
      net::co_spawn(executor, turn_away(std::move(socket), state), report);
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

void take_over(tcp::acceptor& acceptor, int listening) {
  try {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) != 0)  // NOLINT
      throw boost::system::system_error(errno, boost::system::generic_category());
    acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), listening);
  } catch (const boost::system::system_error& error) {
    throw Error("ORCH-0012", fmt::format("cannot listen on the socket {} that was passed on: {}",
                                         listening, error.code().message()));
  }
}

}  // namespace

void Reply::send(Response response, std::function<void()> lost) const {
  net::post(exchange_->news.get_executor(), [exchange = exchange_, response = std::move(response),
                                             lost = std::move(lost)]() mutable {
    if (exchange->response || exchange->over) {
      if (lost) lost();
      return;
    }
    exchange->response = std::move(response);
    exchange->lost = std::move(lost);
    exchange->news.cancel();
  });
}

const Peer& Reply::peer() const { return exchange_->peer; }

bool Reply::gone() const { return exchange_->gone.load(std::memory_order_relaxed); }

void Reply::when_gone(std::function<void()> news) const {
  net::post(exchange_->news.get_executor(),
            [exchange = exchange_, news = std::move(news)]() mutable {
              if (exchange->gone) return news();
              if (!exchange->over) exchange->when_gone = std::move(news);
            });
}

Server::Server(net::io_context& io, const std::string& address, std::uint16_t port,
               ServerOptions options, Handler handler)
    : state_(std::make_shared<Listening>(io, std::move(options), std::move(handler))) {
  listen(state_->acceptor, address, port);
  net::co_spawn(io, accept(state_), report);
}

Server::Server(net::io_context& io, int listening, ServerOptions options, Handler handler)
    : state_(std::make_shared<Listening>(io, std::move(options), std::move(handler))) {
  take_over(state_->acceptor, listening);
  net::co_spawn(io, accept(state_), report);
}

Server::~Server() = default;

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

void Server::stop() {
  state_->stopping = true;
  state_->acceptor.close();
  state_->pause.cancel();
  for (const auto& end : state_->idle) end();
  for (const auto& end : state_->streams) end();
}

std::size_t Server::at_work() const { return state_->at_work; }

}  // namespace orch::http
