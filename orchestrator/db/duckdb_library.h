// The functions of DuckDB's C interface that are used, and where its library is found. Source:
// duckdb.org, "C API"; names and layouts are those of duckdb.h since 1.0.
#pragma once

#include <cstdint>

namespace orch::duckdb {

/// duckdb_result. Only the library looks into it.
struct RawResult {
  std::uint64_t deprecated_column_count;
  std::uint64_t deprecated_row_count;
  std::uint64_t deprecated_rows_changed;
  void* deprecated_columns;
  char* deprecated_error_message;
  void* internal_data;
};

using Handle = void*;  ///< of a database, connection, statement, type, chunk, vector
enum class State : int { success = 0, error = 1 };

struct Functions {
  const char* (*library_version)();
  State (*create_config)(Handle* config);
  State (*set_config)(Handle config, const char* name, const char* value);
  void (*destroy_config)(Handle* config);
  State (*open_ext)(const char* path, Handle* database, Handle config, char** error);
  void (*close)(Handle* database);
  State (*connect)(Handle database, Handle* connection);
  void (*disconnect)(Handle* connection);
  void (*interrupt)(Handle connection);
  void (*free)(void* memory);
  State (*query)(Handle connection, const char* sql, RawResult* result);
  State (*prepare)(Handle connection, const char* sql, Handle* statement);
  State (*bind_varchar_length)(Handle statement, std::uint64_t index, const char* text,
                               std::uint64_t length);
  State (*bind_null)(Handle statement, std::uint64_t index);
  const char* (*prepare_error)(Handle statement);
  void (*destroy_prepare)(Handle* statement);
  State (*execute_prepared_streaming)(Handle statement, RawResult* result);
  void (*destroy_result)(RawResult* result);
  const char* (*result_error)(RawResult* result);
  int (*result_error_type)(RawResult* result);
  std::uint64_t (*rows_changed)(RawResult* result);
  std::uint64_t (*column_count)(RawResult* result);
  const char* (*column_name)(RawResult* result, std::uint64_t column);
  Handle (*column_logical_type)(RawResult* result, std::uint64_t column);
  int (*get_type_id)(Handle type);
  int (*decimal_internal_type)(Handle type);
  std::uint8_t (*decimal_width)(Handle type);
  std::uint8_t (*decimal_scale)(Handle type);
  void (*destroy_logical_type)(Handle* type);
  Handle (*fetch_chunk)(RawResult result);
  std::uint64_t (*data_chunk_get_size)(Handle chunk);
  Handle (*data_chunk_get_vector)(Handle chunk, std::uint64_t column);
  void (*destroy_data_chunk)(Handle* chunk);
  void* (*vector_get_data)(Handle vector);
  std::uint64_t* (*vector_get_validity)(Handle vector);
  std::uint64_t (*vector_size)();
  Handle (*create_data_chunk)(Handle* types, std::uint64_t columns);
  void (*data_chunk_reset)(Handle chunk);
  void (*data_chunk_set_size)(Handle chunk, std::uint64_t size);
  void (*vector_ensure_validity_writable)(Handle vector);
  void (*vector_assign_string_element_len)(Handle vector, std::uint64_t index, const char* text,
                                           std::uint64_t length);
  State (*appender_create)(Handle connection, const char* schema, const char* table,
                           Handle* appender);
  const char* (*appender_error)(Handle appender);
  std::uint64_t (*appender_column_count)(Handle appender);
  Handle (*appender_column_type)(Handle appender, std::uint64_t column);
  State (*append_data_chunk)(Handle appender, Handle chunk);
  State (*appender_close)(Handle appender);
  State (*appender_destroy)(Handle* appender);
};

/// Loads the library once: the file ORCH_DUCKDB names, else libduckdb.so of the user's data folder
/// (orch/libduckdb.so in XDG_DATA_HOME), of ../lib/orch beside the program, or where the loader
/// looks. Throws LibraryMissing. Any thread.
const Functions& functions();

}  // namespace orch::duckdb
