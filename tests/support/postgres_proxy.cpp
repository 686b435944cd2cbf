#include "tests/support/postgres_proxy.h"

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace orch::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Appends what comes next to `buffer`; false at the end.
bool receive(int socket, std::string& buffer) {
  std::array<char, 1 << 16> chunk;
  const auto count = recv(socket, chunk.data(), chunk.size(), 0);
  if (count <= 0) return false;
  buffer.append(chunk.data(), static_cast<std::size_t>(count));
  return true;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void put(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

}  // namespace

PostgresProxy::PostgresProxy(int server_port, Rewrite rewrite)
    : server_port_(server_port), rewrite_(std::move(rewrite)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, plain, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, plain, &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  threads_.emplace_back([this] { accept_all(); });
}

PostgresProxy::~PostgresProxy() {
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int each : sockets_) shutdown(each, SHUT_RDWR);
  }
  changed_.notify_all();
  threads_.front().join();  // it adds to the others
  for (std::size_t i = 1; i < threads_.size(); ++i) threads_[i].join();
  for (const int each : sockets_) close(each);
  close(listener_);
}

std::string PostgresProxy::conninfo(const std::string& database, const std::string& more) const {
  return fmt::format(
      "host=127.0.0.1 port={} user=postgres dbname='{}' sslmode=disable gssencmode=disable {}",
      port_, database, more);
}

void PostgresProxy::swallow() { swallowing_ = true; }

void PostgresProxy::swallow_on(std::string text, bool forward, std::string after) {
  const std::scoped_lock lock(mutex_);
  after_ = std::move(after);
  trigger_ = std::move(text);
  forward_ = forward;
}

void PostgresProxy::release() {
  {
    const std::scoped_lock lock(mutex_);
    trigger_.clear();
    swallowing_ = false;
  }
  changed_.notify_all();
}

void PostgresProxy::accept_all() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(server_port_);
    connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const std::scoped_lock lock(mutex_);
    sockets_.push_back(client);
    sockets_.push_back(server);
    if (ending_) return;
    threads_.emplace_back([=, this] { to_server(client, server); });
    threads_.emplace_back([=, this] { to_client(server, client); });
  }
}

/// Blocks while everything is swallowed; false at the end of all.
bool PostgresProxy::wait_for_network() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ending_ || !swallowing_; });
  return !ending_;
}

void PostgresProxy::to_server(int client, int server) {
  std::string bytes;
  while (wait_for_network() && receive(client, bytes)) {
    bool triggered = false;
    bool forward = true;
    {
      const std::scoped_lock lock(mutex_);
      if (!after_.empty() && bytes.find(after_) != std::string::npos) after_.clear();
      triggered = !trigger_.empty() && after_.empty() && bytes.find(trigger_) != std::string::npos;
      if (triggered) {
        trigger_.clear();
        swallowing_ = true;
        forward = forward_;
      }
    }
    if (triggered && forward) send_all(server, bytes);
    if (!wait_for_network()) break;
    if (!(triggered && forward) && !send_all(server, bytes)) break;
    bytes.clear();
  }
  shutdown(server, SHUT_WR);
}

void PostgresProxy::to_client(int server, int client) {
  std::string bytes;
  while (wait_for_network() && receive(server, bytes)) {
    if (!wait_for_network()) break;
    std::string out;
    std::string_view rest = bytes;
    // Whole messages: a type, and a length that counts itself.
    while (rest.size() >= 5 && rest.size() >= 1 + number_at(rest, 1, 4)) {
      const auto message = rest.substr(0, 1 + number_at(rest, 1, 4));
      out += rewrite_ && message.front() == 'D' ? rewritten(message) : std::string(message);
      rest.remove_prefix(message.size());
    }
    bytes.erase(0, bytes.size() - rest.size());
    if (!send_all(client, out)) break;
  }
  shutdown(client, SHUT_WR);
}

/// DataRow: the number of fields, and of each its length (-1: NULL) and bytes.
std::string PostgresProxy::rewritten(std::string_view row) const {
  std::string body(row.substr(5, 2));
  auto fields = number_at(row, 5, 2);
  for (std::size_t at = 7; fields > 0; --fields) {
    const auto length = number_at(row, at, 4);
    at += 4;
    if (length == 0xffffffff) {
      put(body, length);
      continue;
    }
    const auto value = rewrite_(row.substr(at, length));
    put(body, static_cast<std::uint32_t>(value.size()));
    body += value;
    at += length;
  }
  std::string message = "D";
  put(message, static_cast<std::uint32_t>(body.size() + 4));
  return message + body;
}

}  // namespace orch::test
