#include "workers/delta/schema.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"

namespace orch::delta {
namespace {

namespace bj = boost::json;

constexpr std::array<std::pair<const char*, const char*>, 12> types{{
    {"BOOLEAN", "boolean"},
    {"TINYINT", "byte"},
    {"SMALLINT", "short"},
    {"INTEGER", "integer"},
    {"BIGINT", "long"},
    {"FLOAT", "float"},
    {"DOUBLE", "double"},
    {"VARCHAR", "string"},
    {"BLOB", "binary"},
    {"DATE", "date"},
    {"TIMESTAMP", "timestamp_ntz"},
    {"TIMESTAMP WITH TIME ZONE", "timestamp"},
}};

std::string duckdb_type(const bj::value& type, const std::string& column) {
  const auto* text = type.if_string();
  const std::string name = text ? std::string(*text) : std::string();
  for (const auto& [duckdb, delta] : types)
    if (name == delta) return duckdb;
  if (name.starts_with("decimal(")) return "DECIMAL" + name.substr(sizeof("decimal") - 1);
  throw LogError(fmt::format("its column {} is of the type {}, which is not read", column,
                             text ? name : json::write(type)));
}

/// The files of one partition, as they are read together.
std::string select_partition(const std::filesystem::path& table, const std::vector<Field>& fields,
                             const std::vector<const AddedFile*>& files, bool file_names) {
  std::vector<std::string> columns;
  std::vector<std::string> names;
  const auto& partition = files.front()->partition;
  for (const auto& field : fields) {
    const auto name = duckdb::quote(field.name);
    const auto value = partition.find(field.name);
    if (value == partition.end())
      columns.push_back(name);
    else
      columns.push_back(fmt::format("CAST({} AS {}) AS {}",
                                    value->second ? duckdb::literal(*value->second) : "NULL",
                                    field.type, name));
  }
  if (file_names) columns.emplace_back("filename");
  for (const auto* file : files) names.push_back(duckdb::literal((table / file->path).string()));
  return fmt::format("SELECT {} FROM read_parquet([{}], hive_partitioning = false{})",
                     fmt::join(columns, ", "), fmt::join(names, ", "),
                     file_names ? ", filename = true" : "");
}

}  // namespace

std::string type_of(const std::string& duckdb_type) {
  for (const auto& [duckdb, delta] : types)
    if (duckdb_type == duckdb) return delta;
  if (duckdb_type.starts_with("DECIMAL(")) return "decimal" + duckdb_type.substr(7);
  return {};
}

std::string schema_text(const std::vector<Field>& fields) {
  bj::array all;
  for (const auto& field : fields)
    all.push_back(bj::object{{"name", field.name},
                             {"type", type_of(field.type)},
                             {"nullable", field.nullable},
                             {"metadata", bj::object()}});
  return json::write(bj::object{{"type", "struct"}, {"fields", std::move(all)}});
}

std::vector<Field> fields_in(const std::string& schema_text) {
  std::vector<Field> fields;
  try {
    const auto schema = json::parse(schema_text);
    for (const auto& one : schema.at("fields").as_array()) {
      const auto& field = one.as_object();
      const std::string name(field.at("name").as_string());
      fields.push_back({name, duckdb_type(field.at("type"), name), field.at("nullable").as_bool()});
    }
  } catch (const json::SyntaxError& error) {
    throw LogError(fmt::format("its schema is no JSON: {}", error.what()));
  } catch (const std::logic_error& error) {
    throw LogError(fmt::format("its schema is of another shape: {}", error.what()));
  }
  return fields;
}

std::vector<Field> fields_of(const Snapshot& snapshot) {
  const auto* text = snapshot.metadata.if_contains("schemaString");
  if (!text || !text->is_string()) throw LogError("its log says no schema");
  return fields_in(std::string(text->get_string()));
}

std::vector<std::string> partition_columns(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const auto& name : snapshot.metadata.at("partitionColumns").as_array())
    names.emplace_back(name.as_string());
  return names;
}

std::string select_rows(const std::filesystem::path& table, const std::vector<Field>& fields,
                        const std::vector<AddedFile>& files, bool file_names) {
  std::map<std::map<std::string, std::optional<std::string>>, std::vector<const AddedFile*>> groups;
  for (const auto& file : files) groups[file.partition].push_back(&file);
  std::vector<std::string> selects;
  for (const auto& [partition, members] : groups)
    selects.push_back(select_partition(table, fields, members, file_names));
  if (!selects.empty()) return fmt::format("{}", fmt::join(selects, " UNION ALL "));
  std::vector<std::string> nulls;
  for (const auto& field : fields)
    nulls.push_back(fmt::format("CAST(NULL AS {}) AS {}", field.type, duckdb::quote(field.name)));
  if (file_names) nulls.emplace_back("'' AS filename");
  return fmt::format("SELECT {} WHERE 1 = 0", fmt::join(nulls, ", "));
}

std::vector<AddedFile> files_of(const Snapshot& snapshot) {
  std::vector<AddedFile> files;
  for (const auto& [path, file] : snapshot.files) files.push_back(file);
  return files;
}

}  // namespace orch::delta
