#include "tests/publishing/exam_target.h"

#include <sqlite3.h>

#include "orchestrator/db/duckdb.h"
#include "orchestrator/db/sqlite_db.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_folder.h"
#include "workers/duckdb/duckdb.h"
#include "workers/duckdb/open_file.h"
#include "workers/lake/lake.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"

namespace orch::test {
namespace {

constexpr int lock_seconds = 2;

std::string joined(const std::vector<std::optional<std::string>>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += (i == 0 ? "" : "|") + cells[i].value_or("NULL");
  return line;
}

class SqliteSession final : public ExamSession {
 public:
  explicit SqliteSession(const std::filesystem::path& file) : db_(file) {
    db_.exec("PRAGMA foreign_keys=OFF");
  }

  std::vector<std::string> run(const std::string& sql) override {
    std::vector<std::string> rows;
    for (const char* rest = sql.c_str(); *rest != '\0';) {
      sqlite3_stmt* prepared = nullptr;
      const int code = sqlite3_prepare_v2(db_.handle(), rest, -1, &prepared, &rest);
      const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                                 &sqlite3_finalize);
      if (code != SQLITE_OK) fail(sql);
      if (!prepared) continue;  // a comment, or nothing
      if (sqlite3_column_count(prepared) > 0) rows.clear();
      int step = SQLITE_ROW;
      while ((step = sqlite3_step(prepared)) == SQLITE_ROW) rows.push_back(row_of(prepared));
      if (step != SQLITE_DONE) fail(sql);
    }
    return rows;
  }

 private:
  static std::string row_of(sqlite3_stmt* statement) {
    std::vector<std::optional<std::string>> cells;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      auto& cell = cells.emplace_back();
      if (const auto* text = sqlite3_column_text(statement, i))
        cell = std::string(reinterpret_cast<const char*>(text),
                           static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
    }
    return joined(cells);
  }

  [[noreturn]] void fail(const std::string& sql) {
    throw std::runtime_error(std::string(sqlite3_errmsg(db_.handle())) + " in: " + sql);
  }

  sqlite::Database db_;
};

class SqliteExamTarget final : public ExamTarget {
 public:
  std::unique_ptr<data::Target> open() override {
    return sqlite::open_target(file_, "to", std::chrono::seconds(lock_seconds));
  }
  std::unique_ptr<ExamSession> session() override { return std::make_unique<SqliteSession>(file_); }

 private:
  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "target.db";
};

/// Shares the file with the product, which has it open in this process.
class DuckdbSession final : public ExamSession {
 public:
  explicit DuckdbSession(const std::filesystem::path& file)
      : file_(file, duckdb::FileUse::write, {}), connection_(file_.connect()) {}

  std::vector<std::string> run(const std::string& sql) override {
    if (!sql.starts_with("SELECT")) {
      connection_.exec(sql);
      return {};
    }
    std::vector<std::string> lines;
    for (const auto& row : connection_.texts(
             "SELECT coalesce(CAST(COLUMNS(*) AS VARCHAR), 'NULL') FROM (" + sql + ")"))
      lines.push_back(joined({row.begin(), row.end()}));
    return lines;
  }

 private:
  duckdb::OpenFile file_;
  duckdb::Connection connection_;
};

class DuckdbExamTarget final : public ExamTarget {
 public:
  std::unique_ptr<data::Target> open() override {
    return duckdb::open_target(file_, "to", std::chrono::seconds(lock_seconds));
  }
  std::unique_ptr<ExamSession> session() override { return std::make_unique<DuckdbSession>(file_); }

 private:
  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "target.duckdb";
};

/// Rows of the files that a log names, read without the code under test. Of the zone's only table.
class LakeExamSession final : public ExamSession {
 public:
  explicit LakeExamSession(std::filesystem::path zone) : zone_(std::move(zone)) {}

  std::vector<std::string> run(const std::string& sql) override {
    duckdb::Connection connection(duckdb::Opening{});
    connection.exec("CREATE SCHEMA orch");
    std::string evidence;
    std::error_code error;
    for (std::filesystem::directory_iterator table(zone_, error), end; !error && table != end;
         table.increment(error)) {
      const auto log = table->path() / "_delta_log";
      if (!std::filesystem::is_directory(log)) continue;
      show(connection, table->path());
      evidence += (evidence.empty() ? "" : " UNION ALL ") + evidence_in(log);
    }
    connection.exec("CREATE VIEW orch.evidence AS " +
                    (evidence.empty() ? "SELECT 1 WHERE 1 = 0" : evidence));
    std::vector<std::string> lines;
    for (const auto& row : connection.texts(
             "SELECT coalesce(CAST(COLUMNS(*) AS VARCHAR), 'NULL') FROM (" + sql + ")"))
      lines.push_back(joined({row.begin(), row.end()}));
    return lines;
  }

 private:
  static std::string lines_of(const std::filesystem::path& log) {
    return "read_json('" + (log / "*.json").string() +
           "', format = 'newline_delimited', columns = {add: 'JSON', remove: 'JSON', metaData: "
           "'JSON', commitInfo: 'JSON'}, filename = true)";
  }
  static std::string evidence_in(const std::filesystem::path& log) {
    return "SELECT 1 FROM " + lines_of(log) + " WHERE (commitInfo->'orch') IS NOT NULL";
  }

  /// A view of the rows, with the columns as the log has them.
  static void show(duckdb::Connection& connection, const std::filesystem::path& table) {
    const auto lines = lines_of(table / "_delta_log");
    std::string files;
    for (const auto& row : connection.texts(
             "SELECT arg_max(live, filename) AS live, path FROM (SELECT filename, 'yes' AS live, "
             "add->>'path' AS path FROM " +
             lines +
             " WHERE add IS NOT NULL UNION ALL SELECT "
             "filename, 'no', remove->>'path' FROM " +
             lines +
             " WHERE remove IS NOT NULL) GROUP "
             "BY path"))
      if (row[0] == "yes") files += (files.empty() ? "'" : ", '") + (table / row[1]).string() + "'";
    std::string none;
    for (const auto& row :
         connection.texts("SELECT unnest(from_json(arg_max(metaData->>'schemaString', "
                          "filename)::JSON->'$.fields[*].name', "
                          "'[\"VARCHAR\"]')) FROM " +
                          lines + " WHERE metaData IS NOT NULL"))
      none += (none.empty() ? "SELECT NULL AS " : ", NULL AS ") + duckdb::quote(row[0]);
    connection.exec(
        "CREATE VIEW " + duckdb::quote(table.filename().string()) + " AS " +
        (files.empty() ? none + " WHERE 1 = 0" : "SELECT * FROM read_parquet([" + files + "])"));
  }

  std::filesystem::path zone_;
};

class LakeExamTarget final : public ExamTarget {
 public:
  std::unique_ptr<data::Target> open() override {
    lake::Zone zone;
    zone.folder = folder_ / "zone";
    zone.display = "to";
    zone.patience = std::chrono::seconds(lock_seconds);
    return lake::open_target(zone);
  }
  std::unique_ptr<ExamSession> session() override {
    return std::make_unique<LakeExamSession>(folder_ / "zone");
  }

 private:
  TempFolder folder_;
};

bool has_duckdb() {
  try {
    return !duckdb::library_version().empty();
  } catch (const duckdb::LibraryMissing&) {
    return false;
  }
}

class PostgresExamSession final : public ExamSession {
 public:
  explicit PostgresExamSession(const std::string& url) : session_(url) {}

  std::vector<std::string> run(const std::string& sql) override {
    std::vector<std::string> lines;
    for (const auto& row : session_.rows(sql)) lines.push_back(joined(row));
    return lines;
  }

 private:
  PgSession session_;
};

class PostgresExamTarget final : public ExamTarget {
 public:
  PostgresExamTarget() {
    // A slot would keep its database from being dropped.
    pg_run(server_.url(),
           "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
           "WHERE database = 'exam'");
    server_.create_database("exam");
    pg_run(server_.url(), "DROP ROLE IF EXISTS reader; CREATE ROLE reader");
  }
  ~PostgresExamTarget() override = default;

  std::unique_ptr<data::Target> open() override {
    return postgres::open_target({server_.conninfo("exam"), "to", {}, lock_seconds});
  }
  std::unique_ptr<ExamSession> session() override {
    return std::make_unique<PostgresExamSession>(server_.url("exam"));
  }

 private:
  static PostgresServer& server() {
    static PostgresServer made({.durable = false, .settings = {"wal_level=logical"}});
    return made;
  }
  PostgresServer& server_ = server();
};

std::vector<TargetKind> all_kinds() {
  std::vector<TargetKind> kinds = {
      {"sqlite",
       {"strict tables", "case folding", "binary order of texts", "rows written anew", "triggers",
        "cascades", "conflict clauses", "tables published together",
        "references checked at the end"},
       "orch_evidence",
       [] { return std::make_unique<SqliteExamTarget>(); }},
      {"postgresql",
       {"partitions", "inheritance", "sequences", "identity", "before triggers", "publications",
        "schemas", "grants", "parts", "row locks", "rules", "short names", "case sensitive names",
        "collations", "system columns", "triggers", "cascades", "tables published together",
        "references checked at the end"},
       "orch.evidence",
       [] { return std::make_unique<PostgresExamTarget>(); }},
  };
  for (auto& kind : kinds) kind.capabilities.insert({"statements", "column names of all kinds"});
  if (!has_duckdb()) return kinds;
  kinds.push_back({"duckdb",
                   {"statements", "rows written anew", "schemas", "column names of all kinds"},
                   "orch.evidence",
                   [] { return std::make_unique<DuckdbExamTarget>(); }});
  kinds.push_back(
      {"parquet", {"parts"}, "orch.evidence", [] { return std::make_unique<LakeExamTarget>(); }});
  return kinds;
}

}  // namespace

const std::vector<TargetKind>& target_kinds() {
  static const std::vector<TargetKind> kinds = all_kinds();
  return kinds;
}

}  // namespace orch::test
