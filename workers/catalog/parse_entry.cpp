#include "workers/catalog/parse_entry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "workers/catalog/parse_files.h"
#include "workers/worker.h"

namespace orch::catalog {
namespace {

constexpr int max_parts = 64;

constexpr std::array<std::pair<const char*, Reconcile>, 3> modes = {
    {{"full", Reconcile::full}, {"count", Reconcile::count}, {"off", Reconcile::off}}};

/// Reads one of a closed set of words.
template <class Value, std::size_t N>
Value word(json::Fields& fields, const char* field,
           const std::array<std::pair<const char*, Value>, N>& words, Value otherwise) {
  const auto text = fields.string(field);
  if (!text) return otherwise;
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (*text == name) return value;
    names.emplace_back(name);
  }
  fields.problem(field, fmt::format("{} must be one of {}, found \"{}\"{}", field,
                                    fmt::join(names, ", "), *text, did_you_mean(*text, names)));
  return otherwise;
}

template <class Value, std::size_t N>
std::string name_of(const std::array<std::pair<const char*, Value>, N>& words, Value value) {
  for (const auto& [name, each] : words) {
    if (each == value) return name;
  }
  return "";
}

void parse_source(json::Fields& fields, const Defaults& defaults, Entry& entry) {
  entry.source_connection = defaults.source_connection;
  entry.source.table.schema = defaults.source_schema;
  const auto* object = fields.object("source");
  if (!object) {
    if (!fields.has("source")) fields.problem("", "the member source is required");
    return;
  }
  json::Fields source(*object, fields.at("source"), fields.problems());
  if (const auto name = source.string("connection")) entry.source_connection = *name;
  if (const auto schema = source.string("schema")) entry.source.table.schema = *schema;
  entry.source.table.name = source.string("table").value_or("");
  entry.source.query = source.string("query").value_or("");
  for (const char* field : {"table", "query"}) {
    if (source.string(field) == "")
      source.problem(field, fmt::format("{} must not be empty", field));
  }
  if (source.has("table") == source.has("query"))
    source.problem("", "a source needs exactly one of table and query");
  entry.source.files = parse_files(source);
  if (entry.source_connection.empty())
    source.problem("", "no connection for the source",
                   "add \"connection\" here or to defaults.source");
  source.finish("a source");
}

/// False when the source has a problem already, from which others would only follow.
bool has_source(const Entry& entry) {
  return !entry.source.table.name.empty() || !entry.source.query.empty();
}

void parse_target(json::Fields& fields, const Defaults& defaults, Entry& entry) {
  entry.target_connection = defaults.target_connection;
  entry.target.schema = defaults.target_schema;
  entry.target.name = entry.source.table.name;
  if (const auto* object = fields.object("target")) {
    json::Fields target(*object, fields.at("target"), fields.problems());
    if (const auto name = target.string("connection")) entry.target_connection = *name;
    if (const auto schema = target.string("schema")) entry.target.schema = *schema;
    if (const auto table = target.string("table")) entry.target.name = *table;
    target.finish("a target");
  }
  if (entry.target_connection.empty())
    fields.problem("", "no connection for the target",
                   "add \"target\": {\"connection\": …} here or to defaults.target");
  if (entry.target.name.empty() && has_source(entry))
    fields.problem("", "no table for the target", "a query has no name: add target.table");
}

void parse_columns(json::Fields& fields, Entry& entry) {
  const auto* columns = fields.array("columns");
  for (std::size_t i = 0; columns && i < columns->size(); ++i) {
    const auto& item = (*columns)[i];
    const auto pointer = fmt::format("{}/{}", fields.at("columns"), i);
    ColumnMapping mapping;
    if (item.is_string()) {
      mapping.source = mapping.target = std::string(item.get_string());
    } else if (const auto* object = item.if_object()) {
      json::Fields column(*object, pointer, fields.problems());
      mapping.source = column.required_string("source");
      mapping.target = column.string("target").value_or(mapping.source);
      mapping.type = column.string("type").value_or("");
      column.finish("a column");
    } else {
      fields.problems().push_back(
          {pointer, "a column must be a name or an object, found " + json::describe_type(item)});
    }
    entry.columns.push_back(std::move(mapping));
  }
  entry.exclude = fields.strings("exclude");
  if (!entry.columns.empty() && !entry.exclude.empty())
    fields.problem("exclude", "an entry may have only one of columns and exclude");
}

data::Check parse_check(json::Fields& fields) {
  using Type = data::Check::Type;
  data::Check check;
  int kinds = 0;
  const auto column_check = [&](const char* field, Type type, const char* saying) {
    if (!fields.has(field)) return;
    ++kinds;
    check.type = type;
    check.columns = fields.strings(field);
    if (check.columns.empty()) fields.problem(field, fmt::format("{} must name columns", field));
    check.name = fmt::format("{} {}", fmt::join(check.columns, ", "), saying);
  };
  const auto bound_check = [&](const char* field, Type type, const char* saying) {
    const auto bound = fields.number(field, 0);
    if (!fields.has(field)) return;
    ++kinds;
    check.type = type;
    check.bound = bound.value_or(0);
    check.name = fmt::format("{} {:g}", saying, check.bound);
  };
  column_check("not_null", Type::not_null, "not null");
  column_check("unique", Type::unique, "unique");
  bound_check("min_rows", Type::min_rows, "rows at least");
  bound_check("max_rows", Type::max_rows, "rows at most");
  bound_check("max_growth_percent", Type::max_growth_percent, "growth in percent at most");
  bound_check("max_shrink_percent", Type::max_shrink_percent, "shrink in percent at most");
  if (const auto sql = fields.string("sql")) {
    ++kinds;
    check.type = Type::sql;
    check.sql = *sql;
    check.name = *sql;
  }
  if (const auto name = fields.string("name")) check.name = *name;
  fields.accept({"not_null", "unique", "sql"});
  if (kinds != 1)
    fields.problem("", fmt::format("a check needs exactly one of not_null, unique, min_rows, "
                                   "max_rows, max_growth_percent, max_shrink_percent and sql, "
                                   "found {}",
                                   kinds));
  fields.finish("a check");
  return check;
}

void parse_checks(json::Fields& fields, Entry& entry) {
  const auto* checks = fields.array("checks");
  for (std::size_t i = 0; checks && i < checks->size(); ++i) {
    const auto pointer = fmt::format("{}/{}", fields.at("checks"), i);
    const auto* object = (*checks)[i].if_object();
    if (!object) {
      fields.problems().push_back(
          {pointer, "a check must be an object, found " + json::describe_type((*checks)[i])});
      continue;
    }
    json::Fields check(*object, pointer, fields.problems());
    entry.checks.push_back(parse_check(check));
  }
}

constexpr std::array<std::pair<const char*, bool>, 2> null_words = {
    {{"refuse", false}, {"include", true}}};

/// "90s", "30m", "2h", "1d": seconds; -1 for anything else.
std::int64_t seconds_of(std::string_view text) {
  constexpr std::int64_t longest = 366 * 86'400;
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || unit + 1 != end || count < 0 || count > longest) return -1;
  constexpr std::array<std::pair<char, std::int64_t>, 4> units = {
      {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}}};
  for (const auto& [name, seconds] : units)
    if (*unit == name && count * seconds <= longest) return count * seconds;
  return -1;
}

void parse_overlap(json::Fields& watermark, Entry& entry) {
  const auto* value = watermark.get("overlap");
  if (!value) return;
  const auto text = value->is_string() ? std::string(value->get_string()) : std::string();
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
    entry.overlap.number = text;  // from a catalog in a table
  else if (value->is_string())
    entry.overlap.seconds = seconds_of(text);
  else if (value->is_number() && value->to_number<double>() >= 0)
    entry.overlap.number = json::write(*value);
  if (entry.overlap.empty())
    watermark.problem("overlap",
                      "overlap must be a duration such as \"2h\" (s, m, h, d; at most a year) or "
                      "a number that is not negative, found " +
                          json::write(*value));
}

void parse_watermark(json::Fields& fields, Entry& entry) {
  const auto* object = fields.object("watermark");
  if (!object) return;
  json::Fields watermark(*object, fields.at("watermark"), fields.problems());
  entry.watermark = watermark.required_string("column");
  entry.watermark_nulls = word(watermark, "nulls", null_words, false);
  parse_overlap(watermark, entry);
  watermark.finish("a watermark");
  if (data::facts_of(entry.strategy).whole_table)
    fields.problem("watermark",
                   fmt::format("a watermark needs the strategy append or upsert, found {0}",
                               data::strategy_name(entry.strategy)),
                   fmt::format("{} reads the whole table", data::strategy_name(entry.strategy)));
}

boost::json::object check_to_json(const data::Check& check) {
  using Type = data::Check::Type;
  boost::json::object object{{"name", check.name}};
  boost::json::array columns(check.columns.begin(), check.columns.end());
  switch (check.type) {
    case Type::not_null:
      object["not_null"] = std::move(columns);
      break;
    case Type::unique:
      object["unique"] = std::move(columns);
      break;
    case Type::min_rows:
      object["min_rows"] = check.bound;
      break;
    case Type::max_rows:
      object["max_rows"] = check.bound;
      break;
    case Type::max_growth_percent:
      object["max_growth_percent"] = check.bound;
      break;
    case Type::max_shrink_percent:
      object["max_shrink_percent"] = check.bound;
      break;
    case Type::sql:
      object["sql"] = check.sql;
      break;
  }
  return object;
}

boost::json::object source_to_json(const Entry& entry) {
  boost::json::object source{{"connection", entry.source_connection}};
  if (!entry.source.table.schema.empty()) source["schema"] = entry.source.table.schema;
  if (entry.source.query.empty())
    source["table"] = entry.source.table.name;
  else
    source["query"] = entry.source.query;
  add_files(source, entry.source.files);
  return source;
}

boost::json::object watermark_to_json(const Entry& entry) {
  boost::json::object watermark{{"column", entry.watermark}};
  if (entry.watermark_nulls) watermark["nulls"] = name_of(null_words, true);
  if (entry.overlap.seconds >= 0) watermark["overlap"] = fmt::format("{}s", entry.overlap.seconds);
  if (!entry.overlap.number.empty()) watermark["overlap"] = json::parse(entry.overlap.number);
  return watermark;
}

}  // namespace

Defaults parse_defaults(json::Fields& fields) {
  Defaults defaults;
  const auto side = [&](const char* field, std::string& connection, std::string& schema) {
    const auto* object = fields.object(field);
    if (!object) return;
    json::Fields members(*object, fields.at(field), fields.problems());
    connection = members.string("connection").value_or("");
    schema = members.string("schema").value_or("");
    members.finish(fmt::format("defaults.{}", field));
  };
  side("source", defaults.source_connection, defaults.source_schema);
  side("target", defaults.target_connection, defaults.target_schema);
  defaults.strategy = word(fields, "strategy", data::strategy_names, defaults.strategy);
  defaults.reconcile = word(fields, "reconcile", modes, defaults.reconcile);
  defaults.parts = static_cast<int>(fields.integer("parts", 1, max_parts).value_or(defaults.parts));
  fields.finish("defaults");
  return defaults;
}

Entry parse_entry(json::Fields& fields, const Defaults& defaults) {
  Entry entry;
  parse_source(fields, defaults, entry);
  parse_target(fields, defaults, entry);
  entry.key = fields.string("key").value_or(entry.source.table.name);
  if (entry.key.empty() && has_source(entry))
    fields.problem("", "no key", "a query has no name: add \"key\", the entry's metadata key");
  entry.strategy = word(fields, "strategy", data::strategy_names, defaults.strategy);
  entry.key_columns = fields.strings("key_columns");
  parse_columns(fields, entry);
  entry.where = fields.string("where").value_or("");
  parse_watermark(fields, entry);
  settle_files(fields, entry);
  entry.parts = static_cast<int>(fields.integer("parts", 1, max_parts).value_or(defaults.parts));
  parse_checks(fields, entry);
  entry.reconcile = word(fields, "reconcile", modes, defaults.reconcile);
  entry.tags = fields.strings("tags");
  entry.accepted_schema = fields.string("accepted_schema").value_or("");
  entry.takeover = fields.boolean("takeover").value_or(false);
  fields.finish("a table of the catalog");
  return entry;
}

Entry entry_from_json(const boost::json::value& value) {
  json::Problems problems;
  Entry entry;
  if (const auto* object = value.if_object()) {
    json::Fields fields(*object, "", problems);
    const auto* owner = fields.object("owner");
    entry = parse_entry(fields, {});
    if (owner) entry.owner = *owner;
  } else {
    problems.push_back({"", "an entry must be an object, found " + json::describe_type(value)});
  }
  if (problems.empty()) return entry;
  const auto& first = problems.front();
  throw workers::TaskFailed("Catalog.Invalid",
                            fmt::format("the catalog entry is not valid: {} at {}", first.message,
                                        first.pointer.empty() ? "/" : first.pointer),
                            first.hint, "ORCH-0311", {{"key", entry.key}});
}

boost::json::object to_json(const Entry& entry) {
  boost::json::object object{{"key", entry.key}, {"source", source_to_json(entry)}};
  boost::json::object target{{"connection", entry.target_connection}};
  if (!entry.target.schema.empty()) target["schema"] = entry.target.schema;
  target["table"] = entry.target.name;
  object["target"] = std::move(target);
  object["strategy"] = data::strategy_name(entry.strategy);
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) object[name] = boost::json::array(values.begin(), values.end());
  };
  list("key_columns", entry.key_columns);
  boost::json::array columns;
  for (const auto& column : entry.columns) {
    boost::json::object mapping{{"source", column.source}, {"target", column.target}};
    if (!column.type.empty()) mapping["type"] = column.type;
    columns.push_back(std::move(mapping));
  }
  if (!columns.empty()) object["columns"] = std::move(columns);
  list("exclude", entry.exclude);
  if (!entry.where.empty()) object["where"] = entry.where;
  if (!entry.watermark.empty()) object["watermark"] = watermark_to_json(entry);
  if (entry.parts != 1) object["parts"] = entry.parts;
  boost::json::array checks;
  for (const auto& check : entry.checks) checks.push_back(check_to_json(check));
  if (!checks.empty()) object["checks"] = std::move(checks);
  object["reconcile"] = name_of(modes, entry.reconcile);
  list("tags", entry.tags);
  if (!entry.accepted_schema.empty()) object["accepted_schema"] = entry.accepted_schema;
  if (entry.takeover) object["takeover"] = true;
  if (!entry.owner.empty()) object["owner"] = entry.owner;
  return object;
}

}  // namespace orch::catalog
