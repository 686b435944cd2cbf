// The server against clients that are slow, broken, greedy or gone.
#include "orchestrator/http/server.h"

#include <atomic>
#include <future>
#include <list>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orch::http {
namespace {

namespace net = boost::asio;
using net::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::chrono::seconds patience{20};
constexpr Millis soon{200};

using Piece = std::shared_ptr<const std::string>;

Response text_response(std::string text) {
  Response response(Status::ok, 11);
  response.body() = std::move(text);
  return response;
}

/// A client that knows nothing of HTTP.
class Peer {
 public:
  explicit Peer(std::uint16_t port) {
    socket_.connect({net::ip::address_v4::loopback(), port});
    const timeval longest{patience.count(), 0};
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  }
  void send(const std::string& text) {
    boost::system::error_code cut;
    net::write(socket_, net::buffer(text), cut);
  }
  void half_close() { socket_.shutdown(tcp::socket::shutdown_send); }
  void close() { socket_.close(); }
  /// Ends the connection with a reset.
  void reset() {
    socket_.set_option(net::socket_base::linger(true, 0));
    socket_.close();
  }
  /// Everything until the server closes the connection.
  std::string rest() {
    std::string text;
    boost::system::error_code end;
    net::read(socket_, net::dynamic_buffer(text), end);
    EXPECT_NE(end, net::error::would_block) << "the connection is still open";
    return text;
  }
  /// The next `size` bytes.
  std::string next(std::size_t size) {
    std::string text(size, ' ');
    net::read(socket_, net::buffer(text));
    return text;
  }

 private:
  net::io_context io_;
  tcp::socket socket_{io_};
};

std::string post(const std::string& path, const std::string& body, const char* more = "") {
  return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", path, more,
                     body.size(), body);
}

/// Answers with path and body; /wait is answered by release(), /large with much, /throw not.
class ServerTest : public testing::Test {
 protected:
  void start(Limits limits = {}) {
    ServerOptions options;
    options.limits = limits;
    server_ = std::make_unique<Server>(
        io_, "127.0.0.1", 0, std::move(options),
        Handler{
            [this](Request request, Reply reply) { handle(std::move(request), std::move(reply)); },
            [this](const Header& header, bool) { return screen(header); }});
    port_ = server_->port();
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void handle(const Request& request, const Reply& reply) {
    const std::string path(request.target());
    if (path == "/throw") throw std::runtime_error("on purpose");
    if (path == "/wait") {
      reply.when_gone([this] { ++hung_up_; });
      waiting_.push_back(reply);
      waits_.fetch_add(1);
      return;
    }
    if (path == "/stream") {
      streams_.push_back(reply.stream(text_response("")));
      streamed_.fetch_add(1);
      return;
    }
    const auto lost = [this] { lost_.set_value(); };
    if (path == "/large") return reply.send(text_response(std::string(64 << 20, 'x')), lost);
    reply.send(text_response(path + "=" + request.body()));
  }

  static std::optional<Response> screen(const Header& header) {
    if (header.target() != "/refused") return std::nullopt;
    Response response(Status::forbidden, 11);
    response.body() = "by its header";
    return response;
  }

  /// Runs on the io thread and returns what it returns.
  template <class Work>
  auto on_io(Work work) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    net::post(io_, std::move(task));
    return result.get();
  }
  void await(const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "it never was so";
      std::this_thread::sleep_for(Millis{2});
    }
  }
  /// Answers the oldest request to /wait.
  void release(const std::function<void()>& lost = {}) {
    on_io([&] {
      waiting_.front().send(text_response("released"), lost);
      waiting_.pop_front();
      return true;
    });
  }
  std::string ask(const std::string& request) {
    Peer peer(port_);
    peer.send(request);
    return peer.rest();
  }
  void expect_service() {
    EXPECT_THAT(ask(post("/a", "1", "Connection: close\r\n")), HasSubstr("/a=1"));
  }

  net::io_context io_{1};
  net::executor_work_guard<net::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
  /// The stream that the latest request to /stream got.
  Stream stream(int of = 1) {
    await([&] { return streamed_ == of; });
    return on_io([&] { return streams_.back(); });
  }

  std::list<Reply> waiting_;     ///< of the io thread
  std::vector<Stream> streams_;  ///< of the io thread
  std::atomic<int> streamed_ = 0;
  std::atomic<int> waits_ = 0;
  std::atomic<int> hung_up_ = 0;
  std::promise<void> lost_;
};

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  const auto text =
      ask(post("/a", "1") + post("/b", "2") + post("/c", "3", "Connection: close\r\n"));
  EXPECT_LT(text.find("/a=1"), text.find("/b=2"));
  EXPECT_LT(text.find("/b=2"), text.find("/c=3"));
  EXPECT_NE(text.find("/c=3"), text.npos);
}

TEST_F(ServerTest, ReadsTheNextRequestWhileOneIsAtWork) {
  start();
  Peer peer(port_);
  peer.send(post("/wait", "") + post("/b", std::string(200'000, 'y'), "Connection: close\r\n"));
  await([&] { return waits_ == 1; });
  expect_service();
  release();
  const auto text = peer.rest();
  EXPECT_LT(text.find("released"), text.find("/b=yyy"));
  EXPECT_NE(text.find("/b=yyy"), text.npos);
  EXPECT_EQ(hung_up_, 0);
}

TEST_F(ServerTest, TransferEncodingsButChunkedAreRefused) {
  start();
  const std::pair<const char*, const char*> table[] = {{"gzip", "HTTP/1.1 400"},
                                                       {"chunked, gzip", "HTTP/1.1 400"},
                                                       {"xchunked, identity", "HTTP/1.1 400"},
                                                       {"gzip, chunked", "HTTP/1.1 501"}};
  for (const auto& [coding, status] : table)
    EXPECT_THAT(ask(std::string("POST /a HTTP/1.1\r\nTransfer-Encoding: ") + coding +
                    "\r\nConnection: close\r\n\r\n0\r\n\r\n"),
                ::testing::StartsWith(status))
        << coding;
}

Piece piece(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

TEST_F(ServerTest, AStreamIsSentAsItComesUntilItsEnd) {
  start();
  const std::pair<const char*, const char*> table[] = {
      {"1.1", "\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"}, {"1.0", "\r\n\r\nonetwo"}};
  int asked = 0;
  for (const auto& [version, body] : table) {
    Peer peer(port_);
    peer.send(fmt::format("GET /stream HTTP/{}\r\nHost: x\r\n\r\n", version));
    const auto answer = stream(++asked);
    answer.send(piece("one"));
    await([&] { return answer.waiting() == 0; });
    answer.send(piece("two"));
    answer.end();
    const auto text = peer.rest();
    EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(text, testing::EndsWith(body)) << version;
    await([&] { return answer.over(); });
    EXPECT_EQ(on_io([&] { return server_->at_work(); }), 0u);
  }
  expect_service();
}

TEST_F(ServerTest, AStreamEndsWithItsClient) {
  start();
  for (const bool reset : {false, true}) {
    Peer peer(port_);
    peer.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = stream(reset ? 2 : 1);
    reset ? peer.reset() : peer.close();
    await([&] { return answer.over(); });
    answer.send(piece("for nobody"));
    EXPECT_EQ(answer.waiting(), 0u);
  }
}

TEST_F(ServerTest, WhatAClientDoesNotReadIsKeptAndCounted) {
  start();
  Peer deaf(port_);
  deaf.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = stream();
  for (int i = 0; i < 64; ++i) answer.send(piece(std::string(1 << 20, 'x')));
  EXPECT_GT(answer.waiting(), 0u);
  deaf.reset();
  await([&] { return answer.over(); });
  EXPECT_EQ(answer.waiting(), 0u);
}

TEST_F(ServerTest, AStreamThatIsNotReadIsCut) {
  start({.write_time = soon});
  Peer deaf(port_);
  deaf.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = stream();
  for (int i = 0; i < 64; ++i) answer.send(piece(std::string(1 << 20, 'x')));
  await([&] { return answer.over(); });
  expect_service();
}

TEST_F(ServerTest, AServerThatStopsDoesNotWaitForStreams) {
  start();
  Peer idle(port_), deaf(port_);
  for (auto* peer : {&idle, &deaf}) peer->send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  await([&] { return streamed_ == 2; });
  on_io([&] {
    for (int i = 0; i < 64; ++i) streams_.back().send(piece(std::string(1 << 20, 'x')));
    return true;
  });
  on_io([&] {
    server_->stop();
    return true;
  });
  await([&] { return on_io([&] { return streams_[0].over() && streams_[1].over(); }); });
  await([&] { return on_io([&] { return server_->at_work() == 0; }); });
}

TEST_F(ServerTest, TakesBodiesInChunks) {
  start();
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                  "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
              HasSubstr("/a=abcde"));
}

TEST_F(ServerTest, TellsClientsThatAskToGoOn) {
  start();
  Peer peer(port_);
  peer.send("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(peer.next(25), StartsWith("HTTP/1.1 100 Continue"));
  peer.send("ab");
  EXPECT_THAT(peer.next(15), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, AnswersClientsThatHaveClosedTheirSide) {
  start();
  Peer at_once(port_), later(port_);
  at_once.send(post("/a", "1"));
  at_once.half_close();
  EXPECT_THAT(at_once.rest(), HasSubstr("/a=1"));
  later.send(post("/wait", ""));
  await([&] { return waits_ == 1; });
  later.half_close();
  await([&] { return hung_up_ == 1; });
  release();
  EXPECT_THAT(later.rest(), HasSubstr("released"));
}

TEST_F(ServerTest, GivesBackWhatWentWithAnAnswerToSomebodyWhoHungUp) {
  start();
  for (const bool reset : {false, true}) {
    Peer peer(port_);
    peer.send(post("/wait", ""));
    await([&] { return waits_ == (reset ? 2 : 1); });
    reset ? peer.reset() : peer.close();
    await([&] { return hung_up_ == (reset ? 2 : 1); });
    std::promise<void> lost;
    release([&] { lost.set_value(); });
    EXPECT_EQ(lost.get_future().wait_for(patience), std::future_status::ready);
  }
}

TEST_F(ServerTest, NoticesTheEndOfAClientAtTheLastMoment) {
  start();
  for (int round = 1; round <= 50; ++round) {
    Peer peer(port_);
    peer.send(post("/wait", ""));
    await([&] { return waits_ == round; });
    peer.close();
    std::promise<void> lost;
    release([&] { lost.set_value(); });
    EXPECT_EQ(lost.get_future().wait_for(patience), std::future_status::ready);
  }
}

TEST_F(ServerTest, RefusesWhatIsNotHttpOrTooLarge) {
  start({.header_bytes = 1'000, .body_bytes = 1'000});
  EXPECT_THAT(ask("\x16\x03\x01 nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  expect_service();
}

TEST_F(ServerTest, TellsTheSenderOfALargeBodyBeforeItHasReadIt) {
  start({.body_bytes = 1'000});
  EXPECT_THAT(ask(post("/a", std::string(4 << 20, 'x'))), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" +
                  std::string(0x100000, 'x')),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, ALargeBodyIsRefusedByItsHeaderAndASmallOneByItsHandler) {
  start({.small_body_bytes = 100});
  EXPECT_THAT(ask("POST /refused HTTP/1.1\r\nContent-Length: 101\r\n\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("by its header")));
  EXPECT_THAT(ask("POST /refused HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(ask("POST /refused HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                  std::string(0x65, 'x') + "\r\n"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(ask(post("/refused", "small", "Connection: close\r\n")), HasSubstr("/refused=small"));
}

// What is half sent keeps its memory until its time is over; the rest waits unread.
TEST_F(ServerTest, LargeBodiesShareTheMemoryThatThereIs) {
  start({.small_body_bytes = 100, .bodies_bytes = 1'000});
  std::list<Peer> slow;
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(port_);
    slow.back().send("POST /a HTTP/1.1\r\nContent-Length: 900\r\n\r\nabc");
  }
  expect_service();
  Peer chunked(port_), known(port_);
  known.send(post("/known", std::string(500, 'k'), "Connection: close\r\n"));
  chunked.send(
      "POST /chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "1f4\r\n" +
      std::string(500, 'c') + "\r\n0\r\n\r\n");
  expect_service();
  slow.clear();
  EXPECT_THAT(known.rest(), HasSubstr("/known=kkk"));
  EXPECT_THAT(chunked.rest(), HasSubstr("/chunked=ccc"));
}

TEST_F(ServerTest, ALargeBodyThatFindsNoMemoryIsRefused) {
  start({.small_body_bytes = 100, .bodies_bytes = 1'000, .body_time = soon});
  Peer busy(port_);
  busy.send(post("/wait", std::string(900, 'x')));
  await([&] { return waits_ == 1; });
  EXPECT_THAT(ask(post("/a", std::string(900, 'x'))), StartsWith("HTTP/1.1 503 "));
  release();
  EXPECT_THAT(busy.next(15), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(ask(post("/a", std::string(900, 'x'), "Connection: close\r\n")), HasSubstr("/a=xxx"));
}

TEST_F(ServerTest, CutsSlowClients) {
  start({.header_time = soon, .body_time = soon});
  Peer silent(port_), header(port_), body(port_);
  header.send("POST /a HTTP/1.1\r\nContent-Le");
  body.send("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  expect_service();
  EXPECT_EQ(silent.rest() + header.rest() + body.rest(), "");
}

TEST_F(ServerTest, CutsClientsThatDoNotRead) {
  start({.write_time = soon});
  Peer deaf(port_);
  deaf.send(post("/large", ""));
  EXPECT_EQ(lost_.get_future().wait_for(patience), std::future_status::ready);
  expect_service();
}

TEST_F(ServerTest, IdleConnectionsMakeRoom) {
  start({.connections = 3});
  Peer busy(port_);
  busy.send(post("/wait", ""));
  await([&] { return waits_ == 1; });
  std::list<Peer> slow;
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(port_);
    slow.back().send("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  }
  expect_service();
  EXPECT_EQ(slow.front().rest(), "");
  release();
  EXPECT_THAT(busy.next(15), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, TurnsClientsAwayWhenAllConnectionsAreAtWork) {
  start({.connections = 2});
  Peer one(port_), other(port_);
  one.send(post("/wait", ""));
  other.send(post("/wait", ""));
  await([&] { return waits_ == 2; });
  EXPECT_THAT(Peer(port_).rest(), StartsWith("HTTP/1.1 503 "));
  release();
  release();
  EXPECT_THAT(one.next(15) + other.next(15), HasSubstr("200 OK"));
}

TEST_F(ServerTest, AHandlerThatThrowsIsA500) {
  start();
  EXPECT_THAT(ask(post("/throw", "")), StartsWith("HTTP/1.1 500 "));
  expect_service();
}

TEST_F(ServerTest, StopsWhenTheRequestsAtWorkAreAnswered) {
  start();
  Peer idle(port_), busy(port_);
  busy.send(post("/wait", ""));
  await([&] { return waits_ == 1; });
  on_io([&] {
    server_->stop();
    return true;
  });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(on_io([&] { return server_->at_work(); }), 1U);
  release();
  EXPECT_THAT(busy.rest(), HasSubstr("released"));
  await([&] { return on_io([&] { return server_->at_work(); }) == 0; });
}

}  // namespace
}  // namespace orch::http
