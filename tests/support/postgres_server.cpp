#include "tests/support/postgres_server.h"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <grp.h>
#include <memory>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace orch::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 60s;
constexpr auto folder_prefix = "orch_pg.";

/// Where initdb and postgres are: ORCH_PG_BIN, else the newest that Debian has installed.
fs::path program_folder() {
  if (const char* given = std::getenv("ORCH_PG_BIN")) return given;
  const fs::path debian = "/usr/lib/postgresql";
  fs::path best;
  int newest = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(debian, none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version <= newest || !fs::exists(entry.path() / "bin" / "postgres")) continue;
    newest = version;
    best = entry.path() / "bin";
  }
  if (best.empty())
    throw std::runtime_error(
        "no PostgreSQL server programs below /usr/lib/postgresql; install the package "
        "postgresql or set ORCH_PG_BIN");
  return best;
}

/// Whom the server runs as: PostgreSQL refuses root.
const passwd* unprivileged() {
  if (geteuid() != 0) return nullptr;
  for (const char* name : {"postgres", "nobody"}) {
    if (const auto* user = getpwnam(name)) return user;
  }
  throw std::runtime_error("no user postgres or nobody to run PostgreSQL as");
}

void give_away(const fs::path& path) {
  const auto* user = unprivileged();
  if (user && chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("chown failed: " + path.string());
}

/// Starts `command` as the unprivileged user, its output in `log`. Between fork and exec only
/// calls that are safe in a program with threads.
pid_t launch(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto* user = unprivileged();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;

  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  setpgid(0, 0);  // Ctrl-C on the tests ends the server through its owner
  if (user &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
    _exit(126);
  // After setuid, which clears it. SIGQUIT is PostgreSQL's immediate shutdown.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(125);
  if (chdir("/") != 0) _exit(124);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A new folder named after this process, so that others can tell when it is of no more use.
fs::path make_folder() {
  auto name =
      (fs::temp_directory_path() / fmt::format("{}{}.XXXXXX", folder_prefix, getpid())).string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder: " + name);
  give_away(name);
  return name;
}

/// Removes what processes left that were killed.
void sweep() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(folder_prefix)) continue;
    const pid_t owner = std::atoi(name.c_str() + std::string_view(folder_prefix).size());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

void copy_tree(const fs::path& from, const fs::path& to) {
  const auto command = fmt::format("cp -a --reflink=auto '{}' '{}'", from.string(), to.string());
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// initdb in a temporary folder, which the unprivileged user can reach wherever the build is.
void make_template(const fs::path& to) {
  const auto folder = make_folder();
  const auto log = folder / "log";
  const pid_t initdb = launch(
      {program_folder() / "initdb", "--pgdata=" + (folder / "data").string(), "--username=postgres",
       "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
      log);
  int status = 0;
  waitpid(initdb, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed:\n" + text_of(log));
  std::ofstream(folder / "data" / "pg_hba.conf") << "local all all trust\n"
                                                    "host all guarded 127.0.0.1/32 scram-sha-256\n"
                                                    "host all all 127.0.0.1/32 trust\n"
                                                    "local replication all trust\n";
  const auto unfinished = to.string() + ".new";
  fs::remove_all(unfinished);
  copy_tree(folder / "data", unfinished);
  fs::rename(unfinished, to);
  fs::remove_all(folder);
}

/// The initialised cluster of this build folder and this version of PostgreSQL.
fs::path cached_template() {
  const auto version = program_folder().parent_path().filename().string();
  const fs::path path = fmt::format("{}-{}", ORCH_POSTGRES_TEMPLATE, version);
  const int lock = open((path.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  flock(lock, LOCK_EX);  // test programs start side by side
  const auto unlock = std::unique_ptr<const int, void (*)(const int*)>(
      &lock, [](const int* handle) { close(*handle); });
  if (!fs::exists(path)) make_template(path);
  return path;
}

int free_port() {
  const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = bind(handle, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(handle);
  if (!found) throw std::runtime_error("no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

/// Asks `done` until it says yes; false when patience has an end.
bool wait_until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options) : options_(std::move(options)) {
  sweep();
  prepare();
  start();
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGQUIT);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

void PostgresServer::prepare() {
  const auto initialised = cached_template();
  folder_ = make_folder();
  copy_tree(initialised, folder_ / "data");
}

std::vector<std::string> PostgresServer::command() const {
  std::vector<std::string> words = {program_folder() / "postgres", "-D", folder_ / "data"};
  const auto set = [&](const std::string& setting) {
    words.push_back("-c");
    words.push_back(setting);
  };
  set("listen_addresses=127.0.0.1");
  set(fmt::format("port={}", port_));
  set("unix_socket_directories=" + folder_.string());
  set("max_connections=100");
  set("max_wal_size=4GB");
  set("log_checkpoints=off");
  set("autovacuum=off");
  if (!options_.durable) {
    for (const char* unsafe : {"fsync=off", "synchronous_commit=off", "full_page_writes=off"})
      set(unsafe);
  }
  for (const auto& setting : options_.settings) set(setting);
  return words;
}

bool PostgresServer::try_start() {
  pid_ = launch(command(), folder_ / "log");
  if (pid_ < 0) fail("fork failed");
  const auto probe = fmt::format("host=127.0.0.1 port={} dbname=postgres user=postgres", port_);
  const bool answered = wait_until([&] {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    return pid_ < 0 || PQping(probe.c_str()) == PQPING_OK;
  });
  if (!answered) fail("PostgreSQL does not answer");
  return pid_ > 0;
}

void PostgresServer::start() {
  if (pid_ > 0) return;
  const bool first = port_ == 0;
  const auto started = [&] {
    // Somebody may take the port between our look and the server's.
    if (first) port_ = free_port();
    return try_start();
  };
  // After kill() the backends need a moment to see that their postmaster is gone.
  if (!wait_until(started)) fail("PostgreSQL does not start");
}

void PostgresServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string PostgresServer::url_of(const std::string& user, const std::string& database) const {
  return fmt::format("postgresql://{}@127.0.0.1:{}/{}", user, port_, database);
}

std::string PostgresServer::conninfo(const std::string& database, const std::string& user) const {
  return fmt::format("host=127.0.0.1 port={} user='{}' dbname='{}'", port_, user, database);
}

std::string PostgresServer::create_database(const std::string& name) {
  pg_run(url(), fmt::format("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", name));
  pg_run(url(), fmt::format("CREATE DATABASE \"{}\"", name));
  return url(name);
}

std::string PostgresServer::log() const { return text_of(folder_ / "log"); }

void PostgresServer::fail(const std::string& what) const {
  auto text = log();
  if (text.size() > 2000) text.erase(0, text.size() - 2000);
  throw std::runtime_error(what + "; the end of its log:\n" + text);
}

PgSession::PgSession(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  if (PQstatus(connection_) == CONNECTION_OK) return;
  const std::string message = PQerrorMessage(connection_);
  PQfinish(connection_);
  throw std::runtime_error(message);
}

PgSession::~PgSession() { PQfinish(connection_); }

std::vector<PgRow> PgSession::rows(const std::string& query) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_, query.c_str()),
                                                             &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection_) + ("in: " + query.substr(0, 500)));
  std::vector<PgRow> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& cells = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      const auto size = static_cast<std::size_t>(PQgetlength(result.get(), row, column));
      auto& cell = cells.emplace_back();
      if (!PQgetisnull(result.get(), row, column))
        cell = std::string(PQgetvalue(result.get(), row, column), size);
    }
  }
  return rows;
}

std::string PgSession::value(const std::string& query) {
  const auto all = rows(query);
  if (all.size() != 1 || all[0].size() != 1)
    throw std::runtime_error("not one value: " + query.substr(0, 500));
  return all[0][0].value_or("NULL");
}

void pg_run(const std::string& url, const std::string& sql) { PgSession(url).run(sql); }

std::vector<PgRow> pg_rows(const std::string& url, const std::string& query) {
  return PgSession(url).rows(query);
}

std::string pg_value(const std::string& url, const std::string& query) {
  return PgSession(url).value(query);
}

}  // namespace orch::test
