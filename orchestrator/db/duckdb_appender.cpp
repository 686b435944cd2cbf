#include "orchestrator/db/duckdb_appender.h"

#include <cstring>

#include "orchestrator/db/duckdb_connection.h"
#include "orchestrator/db/duckdb_library.h"

namespace orch::duckdb {

Appender::Appender(Connection& connection, const std::string& schema, const std::string& table)
    : capacity_(functions().vector_size()) {
  const auto& duckdb = functions();
  const auto state = duckdb.appender_create(connection.impl_->connection, schema.c_str(),
                                            table.c_str(), &appender_);
  if (state != State::success) {
    const char* message = appender_ ? duckdb.appender_error(appender_) : nullptr;
    const Error error(message ? message : "no appender for " + table, Error::Type::other);
    if (appender_) duckdb.appender_destroy(&appender_);
    throw error;
  }
  const auto columns = duckdb.appender_column_count(appender_);
  std::vector<Handle> types;
  for (std::uint64_t i = 0; i < columns; ++i)
    types.push_back(duckdb.appender_column_type(appender_, i));
  chunk_ = duckdb.create_data_chunk(types.data(), columns);
  for (auto& type : types) duckdb.destroy_logical_type(&type);
  vectors_.resize(columns);
  data_.resize(columns);
  validity_.resize(columns);
  look_at_vectors();
}

Appender::~Appender() {
  functions().destroy_data_chunk(&chunk_);
  functions().appender_destroy(&appender_);
}

void Appender::look_at_vectors() {
  const auto& duckdb = functions();
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    vectors_[i] = duckdb.data_chunk_get_vector(chunk_, i);
    data_[i] = static_cast<char*>(duckdb.vector_get_data(vectors_[i]));
    validity_[i] = nullptr;
  }
}

void Appender::set_null(std::size_t column) {
  constexpr std::size_t bits = 64;
  if (!validity_[column]) {
    functions().vector_ensure_validity_writable(vectors_[column]);
    validity_[column] = functions().vector_get_validity(vectors_[column]);
  }
  validity_[column][rows_ / bits] &= ~(std::uint64_t{1} << (rows_ % bits));
}

void Appender::set_fixed(std::size_t column, std::string_view bytes) {
  std::memcpy(data_[column] + rows_ * bytes.size(), bytes.data(), bytes.size());
}

void Appender::set_bytes(std::size_t column, std::string_view bytes) {
  functions().vector_assign_string_element_len(vectors_[column], rows_, bytes.data(), bytes.size());
}

void Appender::end_row() {
  if (++rows_ == capacity_) flush();
}

void Appender::finish() {
  flush();
  check(static_cast<int>(functions().appender_close(appender_)));
}

void Appender::flush() {
  const auto& duckdb = functions();
  if (rows_ == 0) return;
  duckdb.data_chunk_set_size(chunk_, rows_);
  check(static_cast<int>(duckdb.append_data_chunk(appender_, chunk_)));
  duckdb.data_chunk_reset(chunk_);
  rows_ = 0;
  look_at_vectors();
}

void Appender::check(int state) {
  if (state == static_cast<int>(State::success)) return;
  const char* message = functions().appender_error(appender_);
  throw Error(message ? message : "rows cannot be added", Error::Type::other);
}

}  // namespace orch::duckdb
