// What people move tables with without orch. Each returns when everything has arrived.
#pragma once

#include <filesystem>
#include <string>

namespace orch::bench {

/// Whether a program of this name is found in PATH; says once on standard error that it is not.
bool installed(const std::string& program);

// Between databases that URLs name; the target has to be empty but where something else is said.
// All throw std::runtime_error when the command fails.

/// Rows alone, into a table that exists. `format`: "binary", "text", "csv".
void psql_pipe(const std::string& from, const std::string& to, const std::string& table,
               const std::string& format);
/// A table as a CSV file with a header, as orch and \copy read it.
void psql_export(const std::string& from, const std::string& table,
                 const std::filesystem::path& file);
/// The rows of such a file, into a table that exists.
void psql_import(const std::filesystem::path& file, const std::string& to,
                 const std::string& table);
/// Tables, rows, keys.
void pg_dump_pipe(const std::string& from, const std::string& to);
/// Tables, rows, keys, statistics; `jobs` tables at a time. `folder` is for its notes and may not
/// exist.
void pgcopydb_clone(const std::string& from, const std::string& to,
                    const std::filesystem::path& folder, int jobs = 1);
/// Rows alone, one table at a time, into tables that exist. `folder` as above.
void pgcopydb_rows(const std::string& from, const std::string& to,
                   const std::filesystem::path& folder);
/// Rows alone, as text, into a table that exists. `socket` is the MariaDB server's.
void mariadb_pipe(const std::filesystem::path& socket, const std::string& database,
                  const std::string& to, const std::string& table);
/// Rows alone, as CSV, into a table that exists.
void sqlite_pipe(const std::filesystem::path& file, const std::string& to,
                 const std::string& table);
/// The other way, into a table that exists in the file.
void sqlite_import_pipe(const std::string& from, const std::filesystem::path& file,
                        const std::string& table);
/// Tables, rows, keys of a file, into one that does not exist.
void sqlite_dump_pipe(const std::filesystem::path& from, const std::filesystem::path& to);
/// Tables, rows, keys. `from` is a URL as pgloader takes it; `folder` is for its log.
void pgloader_load(const std::string& from, const std::string& to,
                   const std::filesystem::path& folder);

}  // namespace orch::bench
