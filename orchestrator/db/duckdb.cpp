#include "orchestrator/db/duckdb.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/db/duckdb_connection.h"
#include "orchestrator/db/duckdb_library.h"

namespace orch::duckdb {
namespace {

/// duckdb_string_t: short texts lie in it, long ones where it points.
struct RawString {
  std::uint32_t length;
  char begin[4];  ///< of every text
  const char* pointer;
};
constexpr std::uint32_t longest_inlined = 12;

// duckdb_type
Storage storage_of(int type) {
  switch (type) {
    case 1:
      return Storage::boolean;
    case 2:
      return Storage::int8;
    case 3:
      return Storage::int16;
    case 4:
      return Storage::int32;
    case 5:
      return Storage::int64;
    case 6:
      return Storage::uint8;
    case 7:
      return Storage::uint16;
    case 8:
      return Storage::uint32;
    case 9:
      return Storage::uint64;
    case 10:
      return Storage::float32;
    case 11:
      return Storage::float64;
    case 12:
    case 31:
      return Storage::timestamp;
    case 13:
      return Storage::date;
    case 14:
      return Storage::time;
    case 16:
      return Storage::int128;
    case 27:
      return Storage::uuid;
    case 17:
      return Storage::text;
    case 18:
      return Storage::blob;
    case 19:
      return Storage::decimal;
    case 20:
      return Storage::timestamp_s;
    case 21:
      return Storage::timestamp_ms;
    case 22:
      return Storage::timestamp_ns;
    default:
      return Storage::other;
  }
}

std::size_t bytes_of_decimal(int internal_type) {
  switch (storage_of(internal_type)) {
    case Storage::int16:
      return 2;
    case Storage::int32:
      return 4;
    case Storage::int64:
      return 8;
    default:
      return 16;
  }
}

// duckdb_error_type
Error::Type type_of(int type) {
  switch (type) {
    case 1:
    case 2:
      return Error::Type::value;
    case 10:
      return Error::Type::transaction;
    case 18:
      return Error::Type::constraint;
    case 28:
      return Error::Type::io;
    case 29:
      return Error::Type::interrupted;
    case 33:
      return Error::Type::out_of_memory;
    case 34:
      return Error::Type::permission;
    default:
      return Error::Type::other;
  }
}

// A statement that cannot be prepared has a message and no type.
Error::Type type_said(std::string_view message) {
  if (message.starts_with("Conversion Error")) return Error::Type::value;
  if (message.starts_with("Permission Error")) return Error::Type::permission;
  if (message.starts_with("TransactionContext Error")) return Error::Type::transaction;
  if (message.starts_with("IO Error")) return Error::Type::io;
  return Error::Type::other;
}

Error error_of(RawResult& result) {
  const char* message = functions().result_error(&result);
  return {message ? message : "no reason was given",
          type_of(functions().result_error_type(&result))};
}

ResultColumn column_of(RawResult& result, std::uint64_t index) {
  const auto& duckdb = functions();
  auto* type = duckdb.column_logical_type(&result, index);
  ResultColumn column{duckdb.column_name(&result, index), storage_of(duckdb.get_type_id(type))};
  if (column.storage == Storage::decimal) {
    column.width = duckdb.decimal_width(type);
    column.scale = duckdb.decimal_scale(type);
    column.decimal_bytes = bytes_of_decimal(duckdb.decimal_internal_type(type));
  }
  duckdb.destroy_logical_type(&type);
  return column;
}

class Config {
 public:
  Config() {
    if (functions().create_config(&config_) != State::success) throw std::bad_alloc();
  }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  ~Config() { functions().destroy_config(&config_); }

  void set(const char* name, const std::string& value) {
    if (functions().set_config(config_, name, value.c_str()) != State::success)
      throw Error(fmt::format("no setting {} = {}", name, value), Error::Type::other);
  }
  Handle handle() const { return config_; }

 private:
  Handle config_ = nullptr;
};

}  // namespace

std::string_view Values::bytes(std::size_t row) const {
  const auto* raw = static_cast<const RawString*>(data_) + row;
  // A short text continues from `begin` to the end of the struct.
  const auto* inlined = reinterpret_cast<const char*>(raw) + offsetof(RawString, begin);
  return {raw->length <= longest_inlined ? inlined : raw->pointer, raw->length};
}

struct Rows::Impl {
  Handle statement = nullptr;
  RawResult result{};
  Handle chunk = nullptr;
  bool executed = false;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    drop_chunk();
    if (executed) functions().destroy_result(&result);
    if (statement) functions().destroy_prepare(&statement);
  }
  void drop_chunk() {
    if (chunk) functions().destroy_data_chunk(&chunk);
    chunk = nullptr;
  }
};

Rows::Rows(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() {
  const auto& duckdb = functions();
  impl_->drop_chunk();
  size_ = 0;
  impl_->chunk = duckdb.fetch_chunk(impl_->result);
  if (!impl_->chunk) {
    const char* message = duckdb.result_error(&impl_->result);
    if (message && *message) throw error_of(impl_->result);
    return false;
  }
  size_ = duckdb.data_chunk_get_size(impl_->chunk);
  return size_ > 0;
}

Values Rows::values(std::size_t column) const {
  const auto& duckdb = functions();
  auto* vector = duckdb.data_chunk_get_vector(impl_->chunk, column);
  return {duckdb.vector_get_data(vector), duckdb.vector_get_validity(vector)};
}

Connection::Connection(const Opening& opening) {
  const auto& duckdb = functions();
  Config config;
  config.set("access_mode", opening.read_only ? "READ_ONLY" : "AUTOMATIC");
  config.set("threads", std::to_string(opening.threads));
  config.set("memory_limit", fmt::format("{}MiB", opening.memory_mib));
  config.set("temp_directory", opening.temporary_folder);
  // What is not in the library is not fetched from anywhere.
  config.set("autoinstall_known_extensions", "false");
  config.set("autoload_known_extensions", "false");
  char* message = nullptr;
  Handle database = nullptr;
  const auto state = duckdb.open_ext(opening.path.empty() ? nullptr : opening.path.c_str(),
                                     &database, config.handle(), &message);
  const std::string reason = message ? message : "it cannot be opened";
  if (message) duckdb.free(message);
  if (state != State::success) throw Error(reason, Error::Type::io);
  impl_ = std::make_unique<Impl>(std::make_shared<Database>(database));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Connection Connection::another() const {
  return Connection(std::make_unique<Impl>(impl_->database));
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::exec(const std::string& sql) {
  const auto& duckdb = functions();
  RawResult result{};
  const auto state = duckdb.query(impl_->connection, sql.c_str(), &result);
  if (state != State::success) {
    const auto error = error_of(result);
    duckdb.destroy_result(&result);
    throw error;
  }
  duckdb.destroy_result(&result);
}

Rows Connection::query(const std::string& sql,
                       const std::vector<std::optional<std::string>>& params) {
  const auto& duckdb = functions();
  auto impl = std::make_unique<Rows::Impl>();
  if (duckdb.prepare(impl_->connection, sql.c_str(), &impl->statement) != State::success) {
    const char* message = impl->statement ? duckdb.prepare_error(impl->statement) : nullptr;
    const std::string reason = message ? message : "the statement cannot be prepared";
    throw Error(reason, type_said(reason));
  }
  std::uint64_t index = 0;
  for (const auto& param : params) {
    ++index;
    if (param)
      duckdb.bind_varchar_length(impl->statement, index, param->data(), param->size());
    else
      duckdb.bind_null(impl->statement, index);
  }
  const auto state = duckdb.execute_prepared_streaming(impl->statement, &impl->result);
  impl->executed = true;
  if (state != State::success) throw error_of(impl->result);
  Rows rows(std::move(impl));
  rows.changes_ = static_cast<std::int64_t>(duckdb.rows_changed(&rows.impl_->result));
  const auto count = duckdb.column_count(&rows.impl_->result);
  for (std::uint64_t i = 0; i < count; ++i)
    rows.columns_.push_back(column_of(rows.impl_->result, i));
  return rows;
}

std::vector<std::vector<std::string>> Connection::texts(const std::string& sql) {
  std::vector<std::vector<std::string>> all;
  auto rows = query(sql);
  while (rows.next()) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      auto& texts = all.emplace_back();
      for (std::size_t column = 0; column < rows.columns().size(); ++column) {
        const auto values = rows.values(column);
        texts.emplace_back(values.null(row) ? std::string_view() : values.bytes(row));
      }
    }
  }
  return all;
}

void Connection::confine(const std::vector<std::string>& folders) {
  std::string list;
  for (const auto& folder : folders) list += (list.empty() ? "" : ", ") + literal(folder);
  exec("SET allowed_directories = [" + list + "]");
  exec("SET enable_external_access = false");
  exec("SET lock_configuration = true");
}

void Connection::interrupt() noexcept { functions().interrupt(impl_->connection); }

std::string library_version() { return functions().library_version(); }

std::string quote(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

}  // namespace orch::duckdb
