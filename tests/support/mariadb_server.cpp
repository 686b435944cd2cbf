#include "tests/support/mariadb_server.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>

#include <fmt/format.h>

#include "tests/support/temp_folder.h"

namespace orch::test {
namespace fs = std::filesystem;
namespace {

std::string script(const std::string& words) {
  // exec: the server watches the process that started it, which must not be a shell.
  return fmt::format("exec '{}/scripts/mariadb-for-tests' {}", ORCH_SOURCE_DIR, words);
}

/// What the command prints.
std::string output_of(const std::string& command) {
  auto* pipe = popen(command.c_str(), "re");
  if (!pipe) throw std::runtime_error("no process: " + command);
  std::string output;
  std::array<char, 4096> block{};
  while (const auto got = std::fread(block.data(), 1, block.size(), pipe))
    output.append(block.data(), got);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command.substr(0, 500) + output);
  return output;
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

MariadbServer::MariadbServer() {
  std::istringstream answer(output_of(script("start")));
  std::string folder, url;
  std::getline(answer, folder);
  std::getline(answer, url);
  answer >> port_;
  folder_ = folder;
}

MariadbServer::~MariadbServer() {
  [[maybe_unused]] const int ignored =
      std::system(script("stop '" + folder_.string() + "'").c_str());
}

MariadbServer& MariadbServer::shared() {
  static MariadbServer server;
  return server;
}

std::string MariadbServer::client(const std::string& database) const {
  return fmt::format(
      "mariadb --no-defaults --default-character-set=utf8mb4 --binary-mode --socket='{}' "
      "--user=orch --skip-column-names --batch --raw '{}' 2>&1",
      (folder_ / "s").string(), database);
}

void MariadbServer::run(const std::string& sql, const std::string& database) {
  value(sql, database);
}

std::string MariadbServer::value(const std::string& query, const std::string& database) {
  const TempFolder folder;
  const auto file = folder.write("statements.sql", query);
  return without_line_end(output_of(client(database) + " < '" + file.string() + "'"));
}

void MariadbServer::create_database(const std::string& name) {
  run(fmt::format("DROP DATABASE IF EXISTS `{0}`; CREATE DATABASE `{0}`", name));
}

void MariadbServer::load(const fs::path& script) {
  output_of(client("") + " < '" + script.string() + "'");
}

void MariadbServer::restart() { output_of(script("restart '" + folder_.string() + "'")); }

mysql::Settings MariadbServer::settings(const std::string& database,
                                        const std::string& user) const {
  mysql::Settings settings;
  settings.options.host = folder_ / "s";
  settings.options.user = user;
  settings.options.database = database;
  settings.display = "mysql://" + database;
  return settings;
}

std::string MariadbServer::url(const std::string& database, const std::string& user) const {
  std::string socket;
  for (const char c : (folder_ / "s").string()) socket += c == '/' ? "%2F" : std::string(1, c);
  return fmt::format("mysql://{}@{}/{}", user, socket, database);
}

}  // namespace orch::test
