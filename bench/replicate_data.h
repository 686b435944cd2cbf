// The tables that the replication benchmark moves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace orch::bench {

/// A PostgreSQL table and how to fill it; the same rows every time.
struct Shape {
  std::string table;
  std::string columns;  ///< of CREATE TABLE; the first is the key
  std::string rows;     ///< SELECT … FROM generate_series(1, {}) g
  double share =
      1;  ///< of the number of rows asked for, so that all shapes have about as many bytes
};

/// "posting" (eight columns of five types), "narrow" (two integers), "wide" (60 columns), "texts"
/// (a key and some 600 bytes of text).
const std::vector<Shape>& shapes();

std::string create_table(const Shape& shape);
std::string insert_rows(const Shape& shape, std::int64_t rows);

/// SQL that makes the table "posting" in a MariaDB database and fills it.
std::string mariadb_postings(std::int64_t rows);
/// SQL of a PostgreSQL table for its columns.
std::string mariadb_posting_table();

/// A SQLite file with a table "posting" of the same columns.
void write_sqlite_postings(const std::filesystem::path& file, std::int64_t rows);

}  // namespace orch::bench
