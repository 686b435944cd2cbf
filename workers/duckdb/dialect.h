// How DuckDB spells what publishing says.
#pragma once

#include "workers/publishing/dialect.h"

namespace orch::duckdb {

class DuckdbDialect : public publishing::Dialect {
 public:
  std::string quote(std::string_view name) const override;
  std::string qualified(const data::TableName& table) const override;
  data::TableName stored(const data::TableName& table) const override;
  data::TableName staging(const data::TableName& target, const data::LoadId& load) const override;
  std::string bookkeeping(std::string_view table) const override;
  bool same_name(std::string_view left, std::string_view right) const override;
  std::string name_problem(std::string_view name) const override;
  std::size_t most_columns() const override;
  std::string table_problem(const data::TableName& table) const override;
  std::string now() const override;
  std::string iso_time(const std::string& time) const override { return time; }
  std::vector<std::pair<std::string, std::string>> load_columns(int) const override { return {}; }
  bool equality_is_exact(const data::Column& column) const override;
  data::SqlDialect rules() const override { return data::SqlDialect::postgresql; }
  const char* null_safe_equal() const override { return "IS NOT DISTINCT FROM"; }
  std::string null_of(const data::Column& column) const override;
  std::string differs(const data::Column& column, const std::string& left,
                      const std::string& right) const override;
  std::string exact(const data::Column& column, const std::string& value) const override;
  bool rewrites() const override { return true; }
  std::size_t terms() const override { return 100; }
  std::string index_staging(const data::TableName&,
                            const std::vector<std::string>&) const override {
    return {};
  }
  std::string lock_writers(const std::string&) const override { return {}; }
  const char* for_update_nowait() const override { return ""; }
  std::vector<std::string> exchange(const std::string& remove,
                                    const std::string& insert) const override {
    return {remove, insert};
  }
};

const publishing::Dialect& dialect();

}  // namespace orch::duckdb
