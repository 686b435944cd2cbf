#include "workers/catalog/parse_files.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/plan_json.h"
#include "workers/files/values.h"

namespace orch::catalog {
namespace {

using data::Kind;
using data::Landing;

constexpr std::array file_kinds = {Kind::boolean, Kind::int64, Kind::float64,    Kind::numeric,
                                   Kind::text,    Kind::date,  Kind::time,       Kind::timestamp,
                                   Kind::uuid,    Kind::json,  Kind::timestamptz};
constexpr int longest_quiet = 86'400;

void character(json::Fields& fields, const char* field, std::optional<char>& into) {
  const auto text = fields.string(field);
  if (!text) return;
  if (text->size() == 1)
    into = text->front();
  else
    fields.problem(field, fmt::format("{} must be one character, found \"{}\"", field, *text));
}

std::string time_pattern(json::Fields& fields, const char* field, bool with_time) {
  const auto pattern = fields.string(field);
  if (!pattern) return {};
  if (const auto problem = files::pattern_problem(*pattern, with_time); !problem.empty())
    fields.problem(field, fmt::format("{} is no pattern of {}: {}", *pattern, field, problem),
                   with_time ? "write YYYY, MM, DD, HH, MI and SS: DD.MM.YYYY HH:MI:SS"
                             : "write YYYY, MM and DD: DD.MM.YYYY");
  return *pattern;
}

data::FileFormat parse_format(json::Fields& source) {
  data::FileFormat format;
  const auto* object = source.object("format");
  if (!object) return format;
  json::Fields fields(*object, source.at("format"), source.problems());
  character(fields, "delimiter", format.delimiter);
  character(fields, "quote", format.quote);
  format.header = fields.boolean("header");
  format.null = fields.string("null");
  format.encoding = fields.string("encoding");
  if (const auto decimal = fields.string("decimal")) {
    format.decimal_comma = *decimal == ",";
    if (*decimal != "," && *decimal != ".")
      fields.problem("decimal",
                     fmt::format("decimal must be \",\" or \".\", found \"{}\"", *decimal));
  }
  format.date = time_pattern(fields, "date", false);
  format.timestamp = time_pattern(fields, "timestamp", true);
  fields.finish("the format of files");
  return format;
}

std::vector<std::pair<std::string, Kind>> parse_types(json::Fields& source) {
  std::vector<std::pair<std::string, Kind>> types;
  const auto* object = source.object("types");
  if (!object) return types;
  std::vector<std::string> names;
  for (const auto kind : file_kinds) names.emplace_back(data::kind_name(kind));
  json::Fields fields(*object, source.at("types"), source.problems());
  for (const auto& [column, value] : *object) {
    const auto name = fields.string(column);
    if (!name) continue;
    const auto found = std::ranges::find(names, *name);
    if (found == names.end())
      fields.problem(column,
                     fmt::format("a type must be one of {}, found \"{}\"{}", fmt::join(names, ", "),
                                 *name, did_you_mean(*name, names)));
    else
      types.emplace_back(column, file_kinds[static_cast<std::size_t>(found - names.begin())]);
  }
  return types;
}

template <class Value>
std::optional<Value> either(json::Fields& fields, const char* field,
                            const std::array<std::pair<const char*, Value>, 2>& words) {
  const auto text = fields.string(field);
  if (!text) return std::nullopt;
  for (const auto& [name, value] : words)
    if (*text == name) return value;
  fields.problem(field, fmt::format("{} must be one of {}, {}, found \"{}\"", field, words[0].first,
                                    words[1].first, *text));
  return std::nullopt;
}

constexpr std::array<std::pair<const char*, Landing::BadFiles>, 2> bad_file_words = {
    {{"refuse", Landing::BadFiles::refuse}, {"leave", Landing::BadFiles::leave}}};
constexpr std::array<std::pair<const char*, Landing::Again>, 2> again_words = {
    {{"leave", Landing::Again::leave}, {"load", Landing::Again::load}}};

std::string folder(json::Fields& fields, const char* field) {
  auto name = fields.string(field).value_or("");
  while (name.ends_with('/')) name.pop_back();
  if (!fields.has(field)) return {};
  if (name.empty() || name.starts_with('/') || ("/" + name + "/").find("/../") != std::string::npos)
    fields.problem(field, fmt::format("{} must be a folder below the connection's, found \"{}\"",
                                      field, name));
  return name;
}

std::optional<Landing> parse_landing(json::Fields& source) {
  const auto* object = source.object("files");
  if (!object) return std::nullopt;
  json::Fields fields(*object, source.at("files"), source.problems());
  Landing landing;
  landing.quiet_seconds =
      static_cast<int>(fields.integer("quiet_seconds", 0, longest_quiet).value_or(0));
  landing.marker = fields.string("marker").value_or("");
  if (landing.marker.find('/') != std::string::npos ||
      (fields.has("marker") && landing.marker.empty()))
    fields.problem("marker", "marker must be an ending (\".done\") or the name of a file");
  landing.set_aside = folder(fields, "set_aside");
  landing.bad_files = either(fields, "bad_files", bad_file_words);
  landing.replaced = either(fields, "replaced", again_words);
  landing.duplicates = either(fields, "duplicates", again_words).value_or(landing.duplicates);
  landing.archive = folder(fields, "archive");
  fields.finish("the files of a source");
  return landing;
}

template <class Value>
const char* name_of_either(const std::array<std::pair<const char*, Value>, 2>& words, Value value) {
  return words[0].second == value ? words[0].first : words[1].first;
}

boost::json::object to_json(const data::FileFormat& format) {
  boost::json::object object;
  const auto add = [&](const char* name, const auto& value) {
    if (value) object[name] = *value;
  };
  if (format.delimiter) object["delimiter"] = std::string(1, *format.delimiter);
  if (format.quote) object["quote"] = std::string(1, *format.quote);
  add("header", format.header);
  add("null", format.null);
  add("encoding", format.encoding);
  if (format.decimal_comma) object["decimal"] = ",";
  if (!format.date.empty()) object["date"] = format.date;
  if (!format.timestamp.empty()) object["timestamp"] = format.timestamp;
  return object;
}

boost::json::object to_json(const Landing& landing) {
  boost::json::object object;
  if (landing.quiet_seconds > 0) object["quiet_seconds"] = landing.quiet_seconds;
  if (!landing.marker.empty()) object["marker"] = landing.marker;
  if (!landing.set_aside.empty()) object["set_aside"] = landing.set_aside;
  if (landing.bad_files) object["bad_files"] = name_of_either(bad_file_words, *landing.bad_files);
  if (landing.replaced) object["replaced"] = name_of_either(again_words, *landing.replaced);
  if (landing.duplicates != Landing::Again::leave)
    object["duplicates"] = name_of_either(again_words, landing.duplicates);
  if (!landing.archive.empty()) object["archive"] = landing.archive;
  return object;
}

}  // namespace

data::FileOptions parse_files(json::Fields& source) {
  data::FileOptions files;
  files.format = parse_format(source);
  files.types = parse_types(source);
  files.landing = parse_landing(source);
  return files;
}

void add_files(boost::json::object& source, const data::FileOptions& files) {
  if (auto format = to_json(files.format); !format.empty()) source["format"] = std::move(format);
  boost::json::object types;
  for (const auto& [name, kind] : files.types) types[name] = data::kind_name(kind);
  if (!types.empty()) source["types"] = std::move(types);
  if (files.landing) source["files"] = to_json(*files.landing);
}

void settle_files(json::Fields& fields, Entry& entry) {
  auto& landing = entry.source.files.landing;
  if (!landing) return;
  const auto& strategy = data::facts_of(entry.strategy);
  const auto problem = [&](const char* message, const char* hint) {
    fields.problem("source", message, hint);
  };
  if (!entry.source.query.empty()) problem("\"files\" goes with a table, not with a query", "");
  if (!entry.watermark.empty())
    problem("\"files\" and a watermark do not go together", "the ledger says what is new");
  if (strategy.whole_table && !landing->archive.empty())
    problem("\"archive\" needs the strategy append or upsert",
            "replace reads all files each time: they must stay");
  if (!landing->bad_files)
    landing->bad_files =
        strategy.whole_table ? Landing::BadFiles::refuse : Landing::BadFiles::leave;
  if (!landing->replaced)
    landing->replaced = strategy.takes_again ? Landing::Again::load : Landing::Again::leave;
}

}  // namespace orch::catalog
