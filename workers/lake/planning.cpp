#include "workers/lake/planning.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/random.h"
#include "workers/duckdb/column_type.h"
#include "workers/duckdb/types.h"
#include "workers/publishing/planning.h"

namespace orch::lake {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_name = 200;  // bytes: a folder's name, with room for what is added
constexpr std::string_view not_in_columns = " ,;{}()\n\t=";
constexpr std::int64_t writer_version = 2;
constexpr std::int64_t writer_of_features = 7;

/// What a file of a Delta table has no type for is kept as text.
data::Column in_files(data::Column column, bool nullable) {
  if (delta::type_of(column.native.shown()).empty() && duckdb::is_written(column))
    column = duckdb::column_of(column.name, "VARCHAR");
  column.nullable = nullable;
  return column;
}

class Columns final : public publishing::ColumnPlanner {
 public:
  explicit Columns(const data::PlanRequest& request) : request_(request) {}

  data::Column new_column(std::size_t i, data::LoadPlan&,
                          publishing::PlanProblems& problems) override {
    const auto& source = request_.source.columns[i];
    const auto& name = request_.target_columns[i];
    if (const auto& wish = request_.target_types[i]; !wish.empty()) {
      const auto column = duckdb::column_wished(name, wish);
      if (column && !delta::type_of(column->native.shown()).empty())
        return in_files(*column, source.nullable);
      problems.unsupported(fmt::format("{}: \"{}\" is no type of Delta tables", source.name, wish));
      return source;
    }
    auto column = in_files(duckdb::column_for(name, source), source.nullable);
    if (!duckdb::is_written(column))
      problems.unsupported(
          fmt::format("{} ({}): no type of Delta tables holds all its values; "
                      "give it a \"type\" in the catalog",
                      source.name, source.native.empty() ? "no type" : source.native.shown()));
    return column;
  }

  void fit(std::size_t, const data::Column&, data::LoadPlan&, publishing::PlanProblems&) override {}

 private:
  const data::PlanRequest& request_;
};

bool can_partition(data::Kind kind) {
  using enum data::Kind;
  for (const auto each : {boolean, int16, int32, int64, numeric, text, date})
    if (kind == each) return true;
  return false;
}

std::int64_t version_in(const bj::object& protocol) {
  const auto* version = protocol.if_contains("minWriterVersion");
  return version && version->is_int64() ? version->get_int64() : 0;
}

/// Why no load of ours can be added to the table; empty when one can.
std::string why_not_written(const delta::Snapshot& snapshot, const data::PlanRequest& request) {
  const auto version = version_in(snapshot.protocol);
  if (version > writer_version && version != writer_of_features)
    return fmt::format("the table asks for writers of version {}", version);
  if (const auto* features = snapshot.protocol.if_contains("writerFeatures"))
    for (const auto& feature : features->as_array())
      if (feature != "timestampNtz" && feature != "appendOnly" && feature != "invariants")
        return fmt::format("the table asks for writers with the feature {}",
                           std::string(feature.as_string()));
  const auto* settings = snapshot.metadata.if_contains("configuration");
  const auto* append_only =
      settings ? settings->as_object().if_contains("delta.appendOnly") : nullptr;
  if (append_only && *append_only == "true" && request.strategy != data::Strategy::append)
    return "the table is appendOnly";
  const std::string schema(snapshot.metadata.at("schemaString").as_string());
  if (schema.find("delta.invariants") != std::string::npos) return "the table has invariants";
  const auto partition = delta::partition_columns(snapshot);
  // A file has all columns of the table.
  std::vector<std::string> missing;
  for (const auto& field : delta::fields_of(snapshot)) {
    if (!publishing::contains(dialect(), request.target_columns, field.name))
      missing.push_back(field.name);
    if (std::ranges::find(partition, field.name) != partition.end() &&
        !can_partition(duckdb::column_of(field.name, field.type).kind))
      return fmt::format("the table is partitioned by {} ({})", field.name, field.type);
  }
  if (missing.empty()) return {};
  return fmt::format("the table has columns that the load does not bring: {}",
                     fmt::join(missing, ", "));
}

std::vector<std::string> wanted_partition(const Zone& zone, const std::string& table) {
  const auto found = zone.partition_by.find(table);
  return found == zone.partition_by.end() ? std::vector<std::string>() : found->second;
}

void check_partition(const Zone& zone, const data::LoadPlan& plan) {
  publishing::PlanProblems problems;
  const auto names = wanted_partition(zone, plan.request.target.name);
  for (const auto& name : names) {
    const auto* column = publishing::find_column(dialect(), plan.columns, name);
    if (!column)
      problems.mismatch(fmt::format("the partition column \"{}\" is not copied", name));
    else if (!can_partition(column->kind))
      problems.mismatch(
          fmt::format("no table is partitioned by {} ({})", column->name, column->native.shown()));
  }
  if (!names.empty() && names.size() >= plan.columns.size())
    problems.mismatch("every column is a partition column: none is left for the files");
  problems.throw_if_any(plan.request);
}

std::string identity() {
  const auto high = random_bits();
  const auto low = random_bits();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32, high >> 16 & 0xFFFF,
                     high & 0xFFF, low >> 52, low & 0xFFFFFFFFFFFF);
}

}  // namespace

std::string LakeDialect::name_problem(std::string_view name) const {
  if (auto problem = DuckdbDialect::name_problem(name); !problem.empty()) return problem;
  return name.find_first_of(not_in_columns) == std::string_view::npos
             ? ""
             : "has a blank, a comma, a bracket, = or ;, which Delta tables do not take";
}

std::string LakeDialect::table_problem(const data::TableName& table) const {
  if (!table.schema.empty())
    return fmt::format("no schema \"{}\" (a zone has tables only)", table.schema);
  const auto& name = table.name;
  if (auto problem = DuckdbDialect::name_problem(name); !problem.empty())
    return "the table's name " + problem;
  if (name.find('/') != std::string::npos || name.front() == '.' || name.front() == '_')
    return fmt::format("no folder of a zone is named \"{}\"", name);
  return name.size() <= longest_name ? "" : "the table's name is too long for a folder";
}

const LakeDialect& dialect() {
  static const LakeDialect one;
  return one;
}

std::optional<publishing::TableFacts> facts_of(const data::TableName& name,
                                               const delta::Snapshot& snapshot) {
  if (snapshot.metadata.empty()) return std::nullopt;
  publishing::TableFacts facts;
  facts.table.name = name;
  for (const auto& field : delta::fields_of(snapshot)) {
    facts.table.columns.push_back(duckdb::column_of(field.name, field.type));
    facts.table.columns.back().nullable = field.nullable;
  }
  facts.state = publishing::state_of(facts.table, "delta");
  facts.rows = dialect().qualified(name);
  return facts;
}

data::LoadPlan make_plan(const Zone& zone, const data::PlanRequest& request,
                         const delta::Snapshot& snapshot) {
  std::optional<publishing::PlannedTable> table;
  if (auto facts = facts_of(request.target, snapshot)) {
    table.emplace();
    table->needed.assign(facts->table.columns.size(), false);
    table->table = std::move(facts->table);
    table->state = facts->state;
    table->unusable = why_not_written(snapshot, request);
  }
  Columns columns(request);
  auto plan = publishing::make_plan(dialect(), request, table, columns);
  if (plan.create) check_partition(zone, plan);
  return plan;
}

std::vector<delta::Field> fields_of(const data::LoadPlan& plan) {
  std::vector<delta::Field> fields;
  for (const auto& column : plan.columns)
    fields.push_back({column.name, column.native.shown(), column.nullable});
  return fields;
}

void make_table(const Zone& zone, const data::LoadPlan& plan, delta::Snapshot& snapshot) {
  const auto fields = fields_of(plan);
  const bool ntz = std::ranges::any_of(
      fields, [](const delta::Field& field) { return field.type == "TIMESTAMP"; });
  // Timestamps without a zone are a feature of later readers; other tables ask for none.
  snapshot.protocol =
      ntz ? bj::object{{"minReaderVersion", 3},
                       {"minWriterVersion", writer_of_features},
                       {"readerFeatures", {"timestampNtz"}},
                       {"writerFeatures", {"timestampNtz"}}}
          : bj::object{{"minReaderVersion", 1}, {"minWriterVersion", writer_version}};
  bj::array partition;
  for (const auto& name : wanted_partition(zone, plan.request.target.name))
    partition.emplace_back(publishing::find_column(dialect(), plan.columns, name)->name);
  snapshot.metadata = {{"id", identity()},
                       {"name", plan.request.target.name},
                       {"format", {{"provider", "parquet"}, {"options", bj::object()}}},
                       {"schemaString", delta::schema_text(fields)},
                       {"partitionColumns", std::move(partition)},
                       {"configuration",
                        {{"delta.deletedFileRetentionDuration",
                          fmt::format("interval {} hours", zone.retention.count())},
                         // The log is the evidence of all loads.
                         {"delta.logRetentionDuration", "interval 36500 days"}}},
                       {"createdTime", millis_now()}};
}

}  // namespace orch::lake
