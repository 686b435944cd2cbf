// A real PostgreSQL server that lives as long as a test program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

struct pg_conn;
#include <vector>

namespace orch::test {

struct PostgresOptions {
  bool durable = false;               ///< fsync, as a test of crashes of the server needs it
  std::vector<std::string> settings;  ///< "name=value", after those of the tests
};

/// A cluster of its own in a short folder under the temporary folder, reachable on a free port of
/// 127.0.0.1 and on a unix socket. Any user gets in without a password, but for the role `guarded`
/// (which a test may create), whose password is asked for over TCP.
///
/// initdb runs once a build folder; instances are copies. When root runs the tests, the server runs
/// as `postgres` or `nobody`. It ends with this object, and also when the process is killed.
/// The thread that starts it must outlive it (the kernel watches that thread).
/// Throws std::runtime_error with the end of the server's log.
class PostgresServer {
 public:
  explicit PostgresServer(PostgresOptions options = {});
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  /// The program's server, started at the first call.
  static PostgresServer& shared();

  void start();  ///< returns when it accepts connections; same port as before
  void stop();   ///< ends sessions, writes a checkpoint ("fast")
  void kill();   ///< SIGKILL: the next start recovers
  void restart() {
    stop();
    start();
  }

  /// Of the superuser `postgres` over TCP.
  std::string url(const std::string& database = "postgres") const {
    return url_of("postgres", database);
  }
  std::string url_of(const std::string& user, const std::string& database) const;
  /// The same as libpq's keywords.
  std::string conninfo(const std::string& database = "postgres",
                       const std::string& user = "postgres") const;
  int port() const { return port_; }
  /// Where the unix socket is: PGHOST of a client.
  const std::filesystem::path& socket_folder() const { return folder_; }
  /// Makes an empty database, replacing one of that name; returns its url.
  std::string create_database(const std::string& name);
  /// What the server has logged; for failures.
  std::string log() const;

 private:
  void prepare();
  bool try_start();
  std::vector<std::string> command() const;
  [[noreturn]] void fail(const std::string& what) const;

  PostgresOptions options_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

/// NULL is unset.
using PgRow = std::vector<std::optional<std::string>>;

/// A session that stays open: transactions, locks, snapshots. Independent of the code under test;
/// one thread at a time. Throws std::runtime_error with the server's message.
class PgSession {
 public:
  explicit PgSession(const std::string& url);
  ~PgSession();
  PgSession(const PgSession&) = delete;
  PgSession& operator=(const PgSession&) = delete;
  void run(const std::string& sql) { rows(sql); }
  std::vector<PgRow> rows(const std::string& query);
  /// The only value of the only row, "NULL" for null.
  std::string value(const std::string& query);

 private:
  pg_conn* connection_;
};

// The same in a session of their own each.
void pg_run(const std::string& url, const std::string& sql);
std::vector<PgRow> pg_rows(const std::string& url, const std::string& query);
std::string pg_value(const std::string& url, const std::string& query);

}  // namespace orch::test
