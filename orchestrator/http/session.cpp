#include "orchestrator/http/session.h"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include "orchestrator/base/http_date.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/http/exchange.h"
#include "orchestrator/http/link.h"
#include "orchestrator/http/tls.h"

namespace orch::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using net::ip::tcp;
namespace {

// How much of the next request is read while one is at work, and at once.
constexpr std::size_t most_ahead = 64 << 10;
constexpr std::size_t piece = 4 << 10;

// How long a client that was refused may continue to send before its connection is cut.
constexpr std::chrono::seconds farewell{2};

using Parser = beast::http::request_parser<beast::http::string_body>;

Refusal refusal_of(const beast::error_code& error, const Limits& limits) {
  using Error = beast::http::error;
  if (error == Error::body_limit)
    return {Fault::body_too_large,
            fmt::format("the body is larger than {} bytes", limits.body_bytes)};
  if (error == Error::header_limit)
    return {Fault::header_too_large,
            fmt::format("the header is larger than {} bytes", limits.header_bytes)};
  return {Fault::malformed, "the request is not HTTP/1.1"};
}

/// The only field of this name, without its default; nothing when there is none or are several.
std::optional<std::string> lone_field(const Header& header, beast::http::field name) {
  if (header.count(name) != 1) return std::nullopt;
  const auto value = header[name];
  return std::string(value.data(), value.size());
}

/// Of a target that is a whole URL.
std::string authority_of(std::string_view target) {
  const auto scheme = target.find("://");
  if (scheme == target.npos || scheme > target.find('/')) return {};
  target.remove_prefix(scheme + 3);
  return std::string(target.substr(0, target.find_first_of("/?#")));
}

Addressed addressed(const Header& header, const tcp::endpoint& local, bool encrypted) {
  Addressed request;
  request.host = lone_field(header, beast::http::field::host).value_or("");
  if (header.count(beast::http::field::origin) > 0)
    request.origin = lone_field(header, beast::http::field::origin).value_or("several origins");
  request.authority = authority_of({header.target().data(), header.target().size()});
  request.local_address = local.address().to_string();
  request.local_port = local.port();
  request.encrypted = encrypted;
  return request;
}

std::string lower(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// A request is framed by its length or in chunks. Where other encodings are named the body cannot
/// be told from what follows it (RFC 9112, 6.1).
std::optional<Refusal> refuse_encoding(const Header& header) {
  using Field = beast::http::field;
  if (header.count(Field::transfer_encoding) == 0) return std::nullopt;
  const auto listed = lone_field(header, Field::transfer_encoding);
  const auto text = lower(listed.value_or(""));
  if (text == "chunked") return std::nullopt;
  if (!listed || !text.ends_with("chunked"))
    return Refusal{Fault::bad_encoding, "Transfer-Encoding must end with chunked"};
  return Refusal{Fault::unknown_encoding,
                 "no Transfer-Encoding but chunked is served, found " + text};
}

// Whether the client broke the rules, in contrast to having gone or stalled.
bool breaks_rules(const beast::error_code& error) {
  using Error = beast::http::error;
  return error.category() == beast::http::make_error_code(Error::body_limit).category() &&
         error != Error::end_of_stream && error != Error::partial_message;
}

// Of a connection that is over already there is nothing to tell.
Peer peer_of(const tcp::socket& socket) {
  beast::error_code theirs, ours;
  const auto remote = socket.remote_endpoint(theirs);
  const auto local = socket.local_endpoint(ours);
  if (theirs || ours) return {};
  Peer peer;
  peer.address = remote.address().to_string();
  peer.port = remote.port();
  peer.local_address = local.address().to_string();
  peer.local_port = local.port();
  return peer;
}

class Session {
 public:
  Session(tcp::socket socket, std::shared_ptr<Listening> state)
      : peer_(peer_of(socket)),
        link_(std::move(socket), state->options.tls),
        state_(std::move(state)) {
    ++state_->connections;
  }
  ~Session() { --state_->connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  net::awaitable<void> run() {
    if (link_.encrypted()) {
      const bool agreed = co_await shake_hands();
      if (!agreed) co_return;
    }
    while (!state_->stopping) {
      Parser parser;
      parser.header_limit(limits().header_bytes);
      parser.body_limit(limits().body_bytes);
      const bool read = co_await receive(parser);
      if (!read) break;
      auto request = parser.release();
      const bool keep_alive = request.keep_alive();
      const bool chunked = request.version() >= 11;
      ++state_->at_work;
      const auto exchange = co_await answer(std::move(request));
      if (exchange->stream) {
        co_await go_on(*exchange, chunked);
        --state_->at_work;
        break;
      }
      const bool open = co_await deliver(*exchange, keep_alive);
      --state_->at_work;
      body_ = {};
      if (!open) break;
    }
    if (link_.encrypted()) co_await take_leave();
  }

 private:
  const Limits& limits() const { return state_->options.limits; }

  net::awaitable<bool> shake_hands() {
    const auto place = make_idle();
    link_.tcp().expires_after(limits().header_time);
    auto shaken = co_await link_.async_handshake(as_result);
    state_->idle.erase(place);
    if (std::get<0>(shaken)) co_return false;
    read_certificate(link_.tls(), peer_);
    co_return true;
  }

  net::awaitable<void> take_leave() {
    link_.tcp().expires_after(farewell);
    auto ended = co_await link_.async_shutdown(as_result);
    static_cast<void>(ended);  // many clients do not answer
  }

  // Until the place is erased, newcomers may end the connection.
  std::list<std::function<void()>>::iterator make_idle() {
    return state_->idle.insert(state_->idle.end(), [this] {
      link_.tcp().cancel();
      if (body_wait_) body_wait_->cancel();
    });
  }

  // False: the connection is over.
  net::awaitable<bool> receive(Parser& parser) {
    const auto place = make_idle();
    link_.tcp().expires_after(limits().header_time);
    auto header = co_await beast::http::async_read_header(link_, buffer_, parser, as_result);
    auto error = std::get<0>(header);
    auto refused = error ? std::nullopt : refuse_by_header(parser.get());
    if (!error && !refused) error = co_await read_body(parser, refused);
    state_->idle.erase(place);
    if (!refused && error && breaks_rules(error))
      refused = refusal(state_->handler, refusal_of(error, limits()));
    if (refused) co_await refuse(std::move(*refused));
    co_return !error && !refused;
  }

  // Before the body is read: nothing more is read for those who are refused.
  std::optional<Response> refuse_by_header(const Header& header) {
    if (const auto refused = refuse_encoding(header)) return refusal(state_->handler, *refused);
    if (const auto refused = misdirected(header)) return refusal(state_->handler, *refused);
    return std::nullopt;
  }

  std::optional<Response> screen(const Header& header) {
    if (!state_->handler.screen) return std::nullopt;
    try {
      return state_->handler.screen(header, link_.encrypted());
    } catch (const std::exception& error) {
      return failed(error);
    }
  }

  std::optional<Refusal> misdirected(const Header& header) {
    if (!state_->options.hosts) return std::nullopt;
    beast::error_code gone;
    const auto local = link_.tcp().socket().local_endpoint(gone);
    const auto found = state_->options.hosts->refuse(addressed(header, local, link_.encrypted()));
    if (!found) return std::nullopt;
    return Refusal{found->status == 403 ? Fault::foreign_origin : Fault::wrong_host,
                   found->message};
  }

  // Of a body whose length is not known, what is small is read first.
  net::awaitable<beast::error_code> read_body(Parser& parser, std::optional<Response>& refused) {
    beast::error_code error;
    const auto length = parser.content_length();
    const auto small = limits().small_body_bytes;
    if (length && *length > small) refused = co_await admit(parser.get(), *length);
    if (refused) co_return error;
    if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
      beast::http::response<beast::http::empty_body> go_on(Status::continue_, 11);
      auto written = co_await beast::http::async_write(link_, go_on, as_result);
      error = std::get<0>(written);
    }
    link_.tcp().expires_after(limits().body_time);
    while (!error && !parser.is_done() && !length && parser.get().body().size() <= small) {
      auto some = co_await beast::http::async_read_some(link_, buffer_, parser, as_result);
      error = std::get<0>(some);
    }
    if (error || parser.is_done()) co_return error;
    if (!length) refused = co_await admit(parser.get(), limits().body_bytes);
    if (refused) co_return error;
    link_.tcp().expires_after(limits().body_time);
    auto read = co_await beast::http::async_read(link_, buffer_, parser, as_result);
    co_return std::get<0>(read);
  }

  // Whether a large body is read: its handler may know better by the header alone, and it waits for
  // its memory, which the session holds until the answer is sent.
  net::awaitable<std::optional<Response>> admit(const Header& header, std::uint64_t bytes) {
    if (auto refused = screen(header)) co_return refused;
    link_.tcp().expires_never();
    const auto most = limits().bodies_bytes;
    body_wait_.emplace(state_->bodies, link_.get_executor(), std::min(bytes, most));
    const bool granted = co_await body_wait_->take(limits().body_time);
    if (granted) body_ = body_wait_->share();
    body_wait_.reset();
    if (granted) co_return std::nullopt;
    co_return refusal(state_->handler,
                      {Fault::busy, "the server has no memory left for a large request"});
  }

  // What the client still sends is read, or the reset that unread bytes cause would overtake the
  // refusal.
  net::awaitable<void> refuse(Response response) {
    const bool sent = co_await send(std::move(response));
    if (!sent) co_return;
    const auto place = make_idle();
    beast::error_code ignored;
    if (!link_.encrypted()) link_.tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
    std::array<char, piece> rest;
    link_.tcp().expires_after(farewell);
    while (true) {
      auto read = co_await link_.async_read_some(net::buffer(rest), as_result);
      if (std::get<0>(read)) break;
    }
    state_->idle.erase(place);
  }

  net::awaitable<std::shared_ptr<Exchange>> answer(Request request) {
    const auto exchange = std::make_shared<Exchange>(link_.get_executor(), peer_);
    link_.tcp().expires_never();
    read_ahead(exchange);
    ask(std::move(request), exchange);
    while (!exchange->response && !exchange->broken) co_await wait_for_news(*exchange);
    if (!exchange->stream) co_await end_reading(*exchange);
    co_return exchange;
  }

  net::awaitable<void> end_reading(Exchange& exchange) {
    exchange.over = true;
    if (reading_) link_.tcp().cancel();
    while (reading_) co_await wait_for_news(exchange);
  }

  net::awaitable<void> wait_for_news(Exchange& exchange) {
    auto waited = co_await exchange.news.async_wait(as_result);
    static_cast<void>(waited);  // always cancelled: that is the news
  }

  // While a request is at work its client may hang up, or send the next one.
  void read_ahead(const std::shared_ptr<Exchange>& exchange) {
    if (buffer_.size() >= most_ahead) return;
    reading_ = true;
    link_.async_read_some(buffer_.prepare(piece),
                          [this, exchange](const beast::error_code& error, std::size_t size) {
                            reading_ = false;
                            buffer_.commit(size);
                            if (error && error != net::error::operation_aborted)
                              hung_up(*exchange, error);
                            else if (exchange->over)
                              exchange->news.cancel();
                            else
                              read_ahead(exchange);
                          });
  }

  // A client that sends nothing more may still want its answer; one that was reset cannot.
  static void hung_up(Exchange& exchange, const beast::error_code& error) {
    exchange.gone.store(true, std::memory_order_relaxed);
    exchange.broken = error != net::error::eof;
    if (exchange.when_gone) exchange.when_gone();
    exchange.news.cancel();
  }

  void ask(Request request, const std::shared_ptr<Exchange>& exchange) {
    try {
      state_->handler.answer(std::move(request), Reply(exchange, link_.encrypted()));
    } catch (const std::exception& error) {
      exchange->response = failed(error);
    }
  }

  Response failed(const std::exception& error) const {
    log::error("a request failed: {}", error.what());
    return refusal(state_->handler, {Fault::failed, "the server failed"});
  }

  // The end of the client's side may have come without being read yet.
  bool has_closed() {
    char byte = 0;
    beast::error_code error;
    link_.tcp().socket().non_blocking(true, error);
    const auto size =
        link_.tcp().socket().receive(net::buffer(&byte, 1), tcp::socket::message_peek, error);
    return size == 0 && error != net::error::would_block;
  }

  // False: the connection is over.
  net::awaitable<bool> deliver(Exchange& exchange, bool keep_alive) {
    bool sent = false;
    if (exchange.response && !(exchange.lost && (exchange.gone || has_closed()))) {
      keep_alive =
          keep_alive && exchange.response->keep_alive() && !state_->stopping && !exchange.gone;
      exchange.response->keep_alive(keep_alive);
      sent = co_await send(std::move(*exchange.response));
    }
    if (!sent && exchange.lost) exchange.lost();
    const bool open = sent && keep_alive;
    co_return open;
  }

  // Sends a body that goes on, until its end or the client's.
  net::awaitable<void> go_on(Exchange& exchange, bool chunked) {
    const auto place = state_->streams.insert(state_->streams.end(), [this, &exchange] {
      exchange.broken = true;
      exchange.news.cancel();
      link_.tcp().cancel();
    });
    --state_->at_work;
    bool sent = co_await send_head(*exchange.response, chunked);
    while (sent && !exchange.gone && !exchange.broken && !state_->stopping) {
      const auto text = exchange.stream->take();
      if (!text) {
        if (chunked) co_await send_part(beast::http::make_chunk_last());
        break;
      }
      if (text->empty())
        co_await wait_for_news(exchange);
      else if (chunked)
        sent = co_await send_part(beast::http::make_chunk(net::buffer(*text)));
      else
        sent = co_await send_part(net::buffer(*text));
    }
    exchange.stream->close();
    state_->streams.erase(place);
    ++state_->at_work;
    co_await end_reading(exchange);
  }

  net::awaitable<bool> send_head(Response& response, bool chunked) {
    beast::http::response<beast::http::empty_body> head(response.base());
    sign(head);
    head.keep_alive(false);
    head.chunked(chunked);
    link_.tcp().expires_after(limits().write_time);
    beast::http::response_serializer<beast::http::empty_body> serializer(head);
    auto written = co_await beast::http::async_write_header(link_, serializer, as_result);
    co_return !std::get<0>(written);
  }

  // What the buffers are of must outlive this.
  template <class Buffers>
  net::awaitable<bool> send_part(Buffers buffers) {
    link_.tcp().expires_after(limits().write_time);
    auto written = co_await net::async_write(link_, buffers, as_result);
    link_.tcp().expires_never();  // what is read meanwhile may take its time
    co_return !std::get<0>(written);
  }

  template <class Message>
  static void sign(Message& message) {
    message.set(beast::http::field::server, "orch");
    // When the answer was made: workers order the tasks that they are given by it.
    message.set(beast::http::field::date, to_http_date(wall_now()));
  }

  // False: the client cannot be reached.
  net::awaitable<bool> send(Response response) {
    sign(response);
    response.prepare_payload();
    link_.tcp().expires_after(limits().write_time);
    beast::http::message_generator message(std::move(response));
    auto written = co_await beast::async_write(link_, std::move(message), as_result);
    co_return !std::get<0>(written);
  }

  Peer peer_;
  Link link_;
  beast::flat_buffer buffer_;
  bool reading_ = false;  ///< ahead
  std::shared_ptr<Listening> state_;
  std::optional<BodyMemory::Wait> body_wait_;
  BodyMemory::Share body_;  ///< of the request under way
};

}  // namespace

net::awaitable<void> serve(tcp::socket socket, std::shared_ptr<Listening> state) {
  Session session(std::move(socket), std::move(state));
  co_await session.run();
}

}  // namespace orch::http
