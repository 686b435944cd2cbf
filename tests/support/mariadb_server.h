// A real MariaDB server that lives as long as a test program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workers/mysql/mysql.h"

namespace orch::test {

/// scripts/mariadb-for-tests as an object; statements go through the program mariadb, which shares
/// no code with what is tested. Throws std::runtime_error with what the programs said.
class MariadbServer {
 public:
  MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;
  ~MariadbServer();

  /// The program's server, started at the first call.
  static MariadbServer& shared();

  /// Runs statements as the superuser, those before a failure included.
  void run(const std::string& sql, const std::string& database = "test");
  /// The only value of the only row, as the client prints it.
  std::string value(const std::string& query, const std::string& database = "test");
  /// Makes an empty database, replacing one of that name; its backquotes are doubled.
  void create_database(const std::string& name);
  void load(const std::filesystem::path& script);
  /// SIGKILL, and a start that recovers.
  void restart();

  /// For workers/mysql; the user comes in through the socket.
  mysql::Settings settings(const std::string& database = "test",
                           const std::string& user = "orch") const;
  std::string url(const std::string& database = "test", const std::string& user = "orch") const;
  int port() const { return port_; }                               ///< on 127.0.0.1, with TLS
  const std::filesystem::path& folder() const { return folder_; }  ///< ca.pem is in it

 private:
  std::string client(const std::string& database) const;

  std::filesystem::path folder_;
  int port_ = 0;
};

}  // namespace orch::test
