// The table that is moved: postings of a ledger, the same rows in every run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace orch::bench {

/// SQL that makes table `posting` of PostgreSQL, without a key as a staging table has none:
/// numeric, timestamp, text and int8.
std::string create_postings();
/// SQL that fills it.
std::string insert_postings(std::int64_t rows);

/// Makes a SQLite file with such a table, in SQLite's types.
void write_sqlite_postings(const std::filesystem::path& file, std::int64_t rows);

}  // namespace orch::bench
