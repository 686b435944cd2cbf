// A network between orch and a PostgreSQL server that a test bends: it changes what the server
// says, or swallows everything from some moment on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace orch::test {

/// Listens on a free port of 127.0.0.1 and forwards to `server_port` there. Connections must not
/// ask for TLS (conninfo() says so).
class PostgresProxy {
 public:
  /// The value of a field of a row, as the client is to see it.
  using Rewrite = std::function<std::string(std::string_view field)>;

  explicit PostgresProxy(int server_port, Rewrite rewrite = {});
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  std::string conninfo(const std::string& database, const std::string& more = {}) const;
  int port() const { return port_; }

  /// From now on nothing is read and nothing is forwarded; connections stay open.
  void swallow();
  /// Swallows once a client has sent `text`, after one has sent `after`. It still reaches the
  /// server when `forward`: the answer is what is lost.
  void swallow_on(std::string text, bool forward, std::string after = {});
  /// Forwards again what has been waiting.
  void release();
  /// True once something was swallowed.
  bool swallowing() const { return swallowing_.load(); }

 private:
  void accept_all();
  void to_server(int client, int server);
  void to_client(int server, int client);
  bool wait_for_network();
  std::string rewritten(std::string_view row) const;

  int server_port_;
  Rewrite rewrite_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> swallowing_ = false;
  bool ending_ = false;
  bool forward_ = false;
  std::string trigger_;
  std::string after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
};

}  // namespace orch::test
