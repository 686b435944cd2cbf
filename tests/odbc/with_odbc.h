// Three servers, each through its ODBC driver; tests are skipped where a driver is missing.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/odbc_driver.h"
#include "tests/support/replication.h"
#include "tests/support/rows.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/worker.h"

namespace orch::test {

class ThroughOdbc : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const auto missing = missing_odbc_driver(engine()); !missing.empty())
      GTEST_SKIP() << missing;
    if (engine() == "mysql") MariadbServer::shared().create_database("odbc");
    if (engine() == "postgresql") PostgresServer::shared().create_database("odbc");
  }

  virtual std::string engine() const { return GetParam(); }

  void run(const std::string& sql) const {
    if (engine() == "mysql")
      MariadbServer::shared().run(sql, "odbc");
    else if (engine() == "postgresql")
      pg_run(PostgresServer::shared().url("odbc"), sql);
    else
      run_sql(file_, sql);
  }

  odbc::Settings settings() const {
    odbc::Settings settings;
    if (engine() == "mysql")
      settings.attributes = odbc_attributes(MariadbServer::shared(), "odbc");
    else if (engine() == "postgresql")
      settings.attributes = odbc_attributes(PostgresServer::shared(), "odbc");
    else
      settings.attributes = odbc_attributes(file_);
    settings.display = "odbc:tested";
    return settings;
  }
  std::unique_ptr<data::Source> open() const { return odbc::open_source(settings()); }

  static data::ReadRequest all_of(const std::string& table, std::vector<std::string> columns) {
    data::ReadRequest request;
    request.from.table.name = table;
    request.columns = std::move(columns);
    return request;
  }

  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "odbc.db";
};

/// Counts rows and bytes; does something when the first rows arrive.
class CountingSink final : public data::RowSink {
 public:
  explicit CountingSink(std::function<void()> at_first = {}) : at_first_(std::move(at_first)) {}
  void rows(const data::RowBatch& batch) override {
    if (count == 0 && at_first_) at_first_();
    count += batch.rows();
    for (std::size_t i = 0; i < batch.rows(); ++i)
      for (const auto& cell : batch.row(i)) bytes += cell.bytes.size();
  }
  void encoded(std::string_view) override { throw std::logic_error("encoded row"); }

  std::size_t count = 0;
  std::size_t bytes = 0;

 private:
  std::function<void()> at_first_;
};

inline auto engine_name(const testing::TestParamInfo<std::string>& instance) {
  return instance.param;
}

}  // namespace orch::test
