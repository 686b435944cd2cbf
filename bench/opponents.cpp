#include "bench/opponents.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

namespace orch::bench {
namespace {

/// Runs a pipeline; all its parts must succeed. No quotation marks but these: ".
void shell(const std::string& command) {
  const auto whole = "bash -c 'set -o pipefail; " + command + "'";
  if (std::system(whole.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string psql(const std::string& url, const std::string& sql) {
  return fmt::format("psql -Xq \"{}\" -c \"{}\"", url, sql);
}

}  // namespace

bool installed(const std::string& program) {
  static std::map<std::string, bool> looked;
  const auto [found, first] = looked.try_emplace(program, false);
  if (!first) return found->second;
  found->second = std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
  if (!found->second)
    fmt::print(stderr, "{0} is not installed and left out: apt-get install {0}\n", program);
  return found->second;
}

void psql_pipe(const std::string& from, const std::string& to, const std::string& table,
               const std::string& format) {
  shell(psql(from, fmt::format("COPY {} TO STDOUT (FORMAT {})", table, format)) + " | " +
        psql(to, fmt::format("COPY {} FROM STDIN (FORMAT {})", table, format)));
}

void psql_export(const std::string& from, const std::string& table,
                 const std::filesystem::path& file) {
  shell(psql(from, fmt::format("COPY {} TO STDOUT (FORMAT csv, HEADER)", table)) + " > \"" +
        file.string() + "\"");
}

void psql_import(const std::filesystem::path& file, const std::string& to,
                 const std::string& table) {
  shell(psql(to, fmt::format("COPY {} FROM STDIN (FORMAT csv, HEADER)", table)) + " < \"" +
        file.string() + "\"");
}

void pg_dump_pipe(const std::string& from, const std::string& to) {
  shell(fmt::format("pg_dump --no-owner \"{}\" | psql -Xq -v ON_ERROR_STOP=1 \"{}\" >/dev/null",
                    from, to));
}

void pgcopydb_clone(const std::string& from, const std::string& to,
                    const std::filesystem::path& folder, int jobs) {
  shell(
      fmt::format("pgcopydb clone --source \"{0}\" --target \"{1}\" --dir \"{2}\" --table-jobs {3} "
                  "--index-jobs {3} --no-owner --no-acl --skip-large-objects --restart "
                  ">\"{2}.log\" 2>&1",
                  from, to, folder.string(), jobs));
}

void pgcopydb_rows(const std::string& from, const std::string& to,
                   const std::filesystem::path& folder) {
  shell(
      fmt::format("pgcopydb copy table-data --source \"{}\" --target \"{}\" --dir \"{}\" "
                  "--table-jobs 1 --restart --not-consistent >\"{}.log\" 2>&1",
                  from, to, folder.string(), folder.string()));
}

void mariadb_pipe(const std::filesystem::path& socket, const std::string& database,
                  const std::string& to, const std::string& table) {
  shell(fmt::format("mariadb --no-defaults --socket=\"{}\" --user=orch -N -B --quick \"{}\" "
                    "-e \"SELECT * FROM {}\" | ",
                    socket.string(), database, table) +
        psql(to, fmt::format("COPY {} FROM STDIN (NULL \\$\\$NULL\\$\\$)", table)));
}

void sqlite_pipe(const std::filesystem::path& file, const std::string& to,
                 const std::string& table) {
  shell(fmt::format("sqlite3 -csv \"{}\" \"SELECT * FROM {}\" | ", file.string(), table) +
        psql(to, fmt::format("COPY {} FROM STDIN (FORMAT csv)", table)));
}

void sqlite_import_pipe(const std::string& from, const std::filesystem::path& file,
                        const std::string& table) {
  shell(psql(from, fmt::format("COPY {} TO STDOUT (FORMAT csv)", table)) +
        fmt::format(" | sqlite3 \"{}\" \".import --csv /dev/stdin {}\"", file.string(), table));
}

void sqlite_dump_pipe(const std::filesystem::path& from, const std::filesystem::path& to) {
  shell(fmt::format("sqlite3 \"{}\" .dump | sqlite3 \"{}\"", from.string(), to.string()));
}

// With its own settings it runs out of its heap of 1 GiB on some millions of rows.
void pgloader_load(const std::string& from, const std::string& to,
                   const std::filesystem::path& folder) {
  shell(
      fmt::format("pgloader --root-dir \"{}\" --with \"prefetch rows = 10000\" "
                  "--with \"batch rows = 10000\" \"{}\" \"{}\" >\"{}.log\" 2>&1",
                  folder.string(), from, to, folder.string()));
}

}  // namespace orch::bench
