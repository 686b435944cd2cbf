#include "orchestrator/db/mysql.h"

#include <algorithm>
#include <charconv>
#include <errmsg.h>
#include <fcntl.h>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "orchestrator/db/mysql_type.h"

namespace orch::mysql {
namespace {

constexpr int milliseconds_between_stops = 100;

struct Close {
  void operator()(MYSQL* mysql) const noexcept { mysql_close(mysql); }
};
struct Free {
  void operator()(MYSQL_STMT* statement) const noexcept { mysql_stmt_close(statement); }
  void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};

Error error_of(MYSQL* mysql) {
  // A packet that the library will not take ends the connection as a broken network does, which is
  // 2 here.
  constexpr int refused_packet = 1;
  if (mysql_errno(mysql) == CR_SERVER_LOST && mysql->net.error == refused_packet)
    return {"a row is larger than the connection takes", row_too_large, "HY000"};
  return {mysql_error(mysql), mysql_errno(mysql), mysql_sqlstate(mysql)};
}

// A peer that is gone without a word is noticed by TCP, not by a limit on how long a query takes.
void watch_network(MYSQL* mysql, unsigned seconds) {
  if (seconds == 0) return;
  const auto socket = static_cast<int>(mysql_get_socket(mysql));
  const auto set = [&](int level, int name, int value) {
    setsockopt(socket, level, name, &value, sizeof value);  // a Unix socket has none of these
  };
  const int interval = static_cast<int>(seconds / 4 + 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, interval);
  set(IPPROTO_TCP, TCP_KEEPINTVL, interval);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(seconds * 1'000));
}

bool is_socket(const Options& options) { return options.host.starts_with('/'); }

/// With TLS the library reads where it should ask, unless the socket does not block.
void never_block(MYSQL* mysql) {
  const auto socket = static_cast<int>(mysql_get_socket(mysql));
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

void set_tls(MYSQL* mysql, const Options& options) {
  const my_bool on = 1;
  const my_bool off = 0;
  const bool verified = options.tls == Tls::verified;
  // For the library this is a wish: that it came true is looked at after connecting.
  const bool useful = options.tls == Tls::preferred && !is_socket(options);
  const bool wanted = useful || verified || options.tls == Tls::required;
  mysql_optionsv(mysql, MYSQL_OPT_SSL_ENFORCE, wanted ? &on : &off);
  mysql_optionsv(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, verified ? &on : &off);
  if (!options.tls_ca.empty()) mysql_optionsv(mysql, MYSQL_OPT_SSL_CA, options.tls_ca.c_str());
}

void set_options(MYSQL* mysql, const Options& options) {
  mysql_optionsv(mysql, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_optionsv(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &options.connect_seconds);
  mysql_optionsv(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const unsigned long packet = options.largest_row;
  mysql_optionsv(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
  const unsigned no_local_files = 0;
  mysql_optionsv(mysql, MYSQL_OPT_LOCAL_INFILE, &no_local_files);
  // "localhost" alone means the local socket; with a port, that port.
  const unsigned tcp = MYSQL_PROTOCOL_TCP;
  if (options.port != 0 && !is_socket(options)) mysql_optionsv(mysql, MYSQL_OPT_PROTOCOL, &tcp);
  set_tls(mysql, options);
}

}  // namespace

struct Connection::Inside {
  std::unique_ptr<MYSQL, Close> mysql;
  Stop stop;

  /// Waits for what the library waits for: a MYSQL_WAIT_ mask; answers with what came.
  int wait(int wanted) const {
    pollfd polled{static_cast<int>(mysql_get_socket(mysql.get())), 0, 0};
    if (wanted & MYSQL_WAIT_READ) polled.events |= POLLIN;
    if (wanted & MYSQL_WAIT_WRITE) polled.events |= POLLOUT;
    if (wanted & MYSQL_WAIT_EXCEPT) polled.events |= POLLPRI;
    auto left = (wanted & MYSQL_WAIT_TIMEOUT)
                    ? static_cast<int>(mysql_get_timeout_value_ms(mysql.get()))
                    : -1;
    for (;;) {
      if (stop && stop()) throw Stopped();
      const int most =
          left < 0 ? milliseconds_between_stops : std::min(left, milliseconds_between_stops);
      const int ready = poll(&polled, 1, most);
      if (ready > 0) break;
      if (left < 0) continue;
      left -= most;
      if (left <= 0) return MYSQL_WAIT_TIMEOUT;
    }
    int came = 0;
    if (polled.revents & (POLLIN | POLLHUP | POLLERR)) came |= MYSQL_WAIT_READ;
    if (polled.revents & POLLOUT) came |= MYSQL_WAIT_WRITE;
    if (polled.revents & POLLPRI) came |= MYSQL_WAIT_EXCEPT;
    return came & wanted ? came & wanted : wanted & ~MYSQL_WAIT_TIMEOUT;
  }

  void connect(const Options& options) const {
    const bool socket = is_socket(options);
    const auto text = [](const std::string& value) {
      return value.empty() ? nullptr : value.c_str();
    };
    MYSQL* connected = nullptr;
    int waiting = mysql_real_connect_start(
        &connected, mysql.get(), socket ? "localhost" : text(options.host), options.user.c_str(),
        options.password.c_str(), text(options.database), options.port,
        socket ? options.host.c_str() : nullptr, 0);
    while (waiting) waiting = mysql_real_connect_cont(&connected, mysql.get(), wait(waiting));
    if (!connected) throw error_of(mysql.get());
  }

  /// Sends a statement and reads the head of its result.
  void send(const std::string& sql) const {
    int failed = 0;
    int waiting = mysql_real_query_start(&failed, mysql.get(), sql.data(), sql.size());
    while (waiting) waiting = mysql_real_query_cont(&failed, mysql.get(), wait(waiting));
    if (failed) throw error_of(mysql.get());
  }
};

class Rows::Inside {
 public:
  Inside(const Connection::Inside& connection, MYSQL_RES* result)
      : connection_(connection), result_(result) {}
  ~Inside() {
    // Else the rest would be read here, however much it is.
    if (!done_) result_->handle = nullptr;
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  bool next() {
    if (done_) return false;
    int waiting = mysql_fetch_row_start(&row_, result_.get());
    while (waiting) waiting = mysql_fetch_row_cont(&row_, result_.get(), connection_.wait(waiting));
    if (row_) {
      lengths_ = mysql_fetch_lengths(result_.get());
      return true;
    }
    done_ = true;
    if (mysql_errno(connection_.mysql.get()) != 0) throw error_of(connection_.mysql.get());
    return false;
  }

  std::size_t columns() const { return mysql_num_fields(result_.get()); }
  const char* data(std::size_t column) const { return row_[column]; }
  std::size_t size(std::size_t column) const { return lengths_[column]; }

 private:
  const Connection::Inside& connection_;
  std::unique_ptr<MYSQL_RES, Free> result_;
  MYSQL_ROW row_ = nullptr;
  unsigned long* lengths_ = nullptr;
  bool done_ = false;
};

Rows::Rows(std::unique_ptr<Inside> inside)
    : inside_(std::move(inside)), columns_(inside_->columns()) {}
Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() { return inside_->next(); }
bool Rows::null(std::size_t column) const { return inside_->data(column) == nullptr; }

std::string_view Rows::text(std::size_t column) const {
  if (null(column)) return {};
  return {inside_->data(column), inside_->size(column)};
}

std::optional<std::string> Rows::optional(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return std::string(text(column));
}

std::int64_t Rows::int64(std::size_t column) const {
  const auto digits = text(column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Connection::Connection(const Options& options, Stop stop) : inside_(std::make_unique<Inside>()) {
  // Not thread-safe by itself.
  static std::once_flag once;
  std::call_once(once, [] { mysql_server_init(0, nullptr, nullptr); });
  inside_->stop = std::move(stop);
  inside_->mysql.reset(mysql_init(nullptr));
  auto* mysql = inside_->mysql.get();
  if (!mysql) throw std::bad_alloc();
  set_options(mysql, options);
  inside_->connect(options);
  const bool secret = options.tls == Tls::required || options.tls == Tls::verified;
  if (secret && !mysql_get_ssl_cipher(mysql))
    throw Error("the server offers no TLS", CR_SSL_CONNECTION_ERROR, "HY000");
  never_block(mysql);
  watch_network(mysql, options.silence_seconds);
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::exec(const std::string& sql) {
  inside_->send(sql);
  if (mysql_field_count(inside_->mysql.get()) == 0) return;
  Rows rows(std::make_unique<Rows::Inside>(*inside_, mysql_use_result(inside_->mysql.get())));
  while (rows.next()) {
  }
}

Rows Connection::query(const std::string& sql) {
  inside_->send(sql);
  auto* result = mysql_use_result(inside_->mysql.get());
  if (!result) throw error_of(inside_->mysql.get());
  return Rows(std::make_unique<Rows::Inside>(*inside_, result));
}

std::optional<std::string> Connection::value(const std::string& sql) {
  auto rows = query(sql);
  if (!rows.next()) return std::nullopt;
  auto found = rows.optional(0);
  while (rows.next()) {
  }
  return found;
}

std::vector<ResultColumn> Connection::describe(const std::string& sql) {
  auto* mysql = inside_->mysql.get();
  const std::unique_ptr<MYSQL_STMT, Free> statement(mysql_stmt_init(mysql));
  if (!statement) throw std::bad_alloc();
  int failed = 0;
  int waiting = mysql_stmt_prepare_start(&failed, statement.get(), sql.data(), sql.size());
  while (waiting)
    waiting = mysql_stmt_prepare_cont(&failed, statement.get(), inside_->wait(waiting));
  if (failed)
    throw Error(mysql_stmt_error(statement.get()), mysql_stmt_errno(statement.get()),
                mysql_stmt_sqlstate(statement.get()));
  std::vector<ResultColumn> columns;
  const std::unique_ptr<MYSQL_RES, Free> result(mysql_stmt_result_metadata(statement.get()));
  if (!result) return columns;
  for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) {
    const auto& field = *mysql_fetch_field_direct(result.get(), i);
    columns.push_back(
        {{field.name, field.name_length}, type_text(field), (field.flags & NOT_NULL_FLAG) == 0});
  }
  return columns;
}

std::string Connection::server_version() const {
  return mysql_get_server_info(inside_->mysql.get());
}

bool Connection::mariadb() const { return server_version().find("MariaDB") != std::string::npos; }

std::string quote(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    quoted += c;
    if (c == '`') quoted += c;
  }
  return quoted + "`";
}

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

}  // namespace orch::mysql
