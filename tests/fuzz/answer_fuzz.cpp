// HTTP answers: a line says what is asked for, the rest is what comes back over the connection. The
// client takes it or fails as a task does; nothing else leaves it.
#include <array>
#include <mutex>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "orchestrator/base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "workers/library/s3_bucket.h"
#include "workers/worker.h"

using namespace orch;

namespace {

namespace net = boost::asio;
using net::ip::tcp;

/// Answers every connection with the bytes of the present run.
class Endpoint {
 public:
  Endpoint() : acceptor_(io_, {net::ip::address_v4::loopback(), 0}), thread_([this] { serve(); }) {
    thread_.detach();  // ends with the process, whose runs never end it
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  void give(std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    bytes_ = bytes;
  }

 private:
  void serve() {
    while (true) {
      boost::system::error_code ignored;
      tcp::socket client(io_);
      acceptor_.accept(client, ignored);
      std::array<char, 4096> asked;
      client.read_some(net::buffer(asked), ignored);
      std::string answer;
      {
        const std::scoped_lock lock(mutex_);
        answer = bytes_;
      }
      net::write(client, net::buffer(answer), ignored);
      client.shutdown(tcp::socket::shutdown_send, ignored);
      // Until the other side has read it all: a reset would take the answer away.
      while (!ignored) client.read_some(net::buffer(asked), ignored);
    }
  }

  net::io_context io_;
  tcp::acceptor acceptor_;
  std::mutex mutex_;
  std::string bytes_;
  std::thread thread_;
};

constexpr std::size_t most = 4096;
constexpr int most_blocks = 16;

void check(const library::Headers& headers) {
  for (const auto& [name, value] : headers)
    fuzz::require(valid_prefix(value) == value.size(), "headers are UTF-8");
}

void ask(library::Bucket& bucket, std::string_view what) {
  if (what == "list") {
    library::ListQuery query;
    for (const auto& object : bucket.page(query).objects)
      fuzz::require(object.size >= 0, "an object has a size");
  } else if (what == "open") {
    const auto bytes = bucket.open("k");
    std::string all;
    for (int blocks = 0; blocks < most_blocks && bytes->read(all);) ++blocks;
  } else if (what == "get") {
    const auto object = bucket.get("k", {}, most);
    fuzz::require(object.body.size() <= most, "a body is as large as allowed");
    check(object.headers);
  } else if (what == "head") {
    check(bucket.head("k", {}));
  } else if (what == "put") {
    check(bucket.put("k", "1"));
  } else {
    check(bucket.copy({"b", "k", ""}, "k", {}).headers);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Endpoint endpoint;
  auto rest = fuzz::text_of(data, size);
  const auto what = fuzz::next_line(rest);
  endpoint.give(rest);
  const auto bucket = library::open_s3(endpoint.url(), "b", {});
  try {
    ask(*bucket, what);
  } catch (const workers::TaskFailed& failed) {
    fuzz::require(!failed.error().empty(), "a failure has a name");
  }
  return 0;
}
