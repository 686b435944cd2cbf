// Parallel and Map states: branches, processors, and where a distributed Map gets its items.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/asl/parse_state.h"

namespace orch::asl {
namespace {

constexpr std::int64_t most_items = 99'999'999;
constexpr std::size_t longest_label = 40;

constexpr std::array delimiters = {std::pair{"COMMA", ','}, std::pair{"PIPE", '|'},
                                   std::pair{"SEMICOLON", ';'}, std::pair{"SPACE", ' '},
                                   std::pair{"TAB", '\t'}};
constexpr std::array formats = {
    std::pair{"JSON", ItemFormat::json}, std::pair{"JSONL", ItemFormat::json_lines},
    std::pair{"CSV", ItemFormat::csv}, std::pair{"MANIFEST", ItemFormat::manifest},
    std::pair{"PARQUET", ItemFormat::parquet}};

/// The value that `field` names in `table`, or a problem that lists the names.
template <class Value, std::size_t n>
std::optional<Value> one_of(Fields& fields, const char* field,
                            const std::array<std::pair<const char*, Value>, n>& table) {
  const auto text = fields.string(field);
  if (!text) return std::nullopt;
  std::string names;
  for (const auto& [name, value] : table) {
    if (*text == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  fields.problem(field, fmt::format("{} must be one of {}, found \"{}\"", field, names, *text));
  return std::nullopt;
}

void parse_csv(Fields& config, ItemReader& reader) {
  const auto where = config.string("CSVHeaderLocation");
  reader.headers_given = where == "GIVEN";
  if (where && *where != "GIVEN" && *where != "FIRST_ROW")
    config.problem(
        "CSVHeaderLocation",
        fmt::format("CSVHeaderLocation must be FIRST_ROW or GIVEN, found \"{}\"", *where));
  reader.headers = config.strings("CSVHeaders");
  if (reader.headers_given && !config.has("CSVHeaders"))
    config.problem("", "CSVHeaderLocation GIVEN needs CSVHeaders");
  reader.delimiter = one_of(config, "CSVDelimiter", delimiters).value_or(',');
}

ItemReader parse_reader(Fields& fields) {
  ItemReader reader;
  reader.resource = fields.required_string("Resource");
  reader.arguments = fields.payload_template(fields.jsonata() ? "Arguments" : "Parameters");
  const auto* object = fields.object("ReaderConfig");
  if (!object) return reader;
  auto config = fields.nested(*object, fields.at("ReaderConfig"), "ItemReader/ReaderConfig/");
  reader.format = one_of(config, "InputType", formats).value_or(ItemFormat::json);
  parse_csv(config, reader);
  reader.max_items = config.computed_number("MaxItems", -most_items, 2'147'483'647);
  reader.pointer = config.string("ItemsPointer").value_or("");
  config.string("ManifestType");
  reader.transformation = config.string("Transformation").value_or("NONE");
  config.finish("ReaderConfig");
  return reader;
}

ItemBatcher parse_batcher(Fields& fields) {
  ItemBatcher batcher;
  batcher.max_items = fields.computed_number("MaxItemsPerBatch", 1, most_items);
  batcher.max_bytes = fields.computed_number("MaxInputBytesPerBatch", 1, 262'144);
  batcher.batch_input = fields.payload_template("BatchInput");
  if (!batcher.max_items && !batcher.max_bytes)
    fields.problem("", "an ItemBatcher needs MaxItemsPerBatch or MaxInputBytesPerBatch");
  return batcher;
}

ResultWriter parse_writer(Fields& fields) {
  ResultWriter writer;
  writer.resource = fields.string("Resource").value_or("");
  writer.arguments = fields.payload_template(fields.jsonata() ? "Arguments" : "Parameters");
  const auto* object = fields.object("WriterConfig");
  if (!object) return writer;
  auto config = fields.nested(*object, fields.at("WriterConfig"), "ResultWriter/WriterConfig/");
  writer.transformation = config.string("Transformation").value_or("NONE");
  writer.json_lines = config.string("OutputType").value_or("JSON") == "JSONL";
  config.finish("WriterConfig");
  return writer;
}

bool fits_label(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f &&
         std::string_view("?*<>{}[]:;,\\|^~$#%&`\"/").find(c) == std::string_view::npos;
}

void check_label(Fields& fields, const std::string& label) {
  if (label.empty()) fields.problem("Label", "Label must not be empty");
  // U+0080 to U+009F are control characters too; in UTF-8 they begin with 0xC2.
  bool fits = std::all_of(label.begin(), label.end(), fits_label);
  for (std::size_t i = 0; i + 1 < label.size(); ++i)
    fits = fits && !(label[i] == '\xC2' && static_cast<unsigned char>(label[i + 1]) < 0xA0);
  if (!fits)
    fields.problem("Label",
                   "Label must not contain blanks, control characters or any of "
                   "? * < > { } [ ] : ; , \\ | ^ ~ $ # % & ` \" /");
  if (label.size() > longest_label)
    fields.problem("Label", fmt::format("Label has at most {} characters, found {}", longest_label,
                                        label.size()));
}

std::optional<Fraction> parse_percentage(Fields& fields) {
  const std::string field = "ToleratedFailurePercentage";
  if (auto computed = fields.jsonata() ? fields.expression(field) : std::nullopt)
    return Fraction(std::move(*computed));
  if (auto path = fields.jsonata() ? std::nullopt : fields.path(field + "Path"))
    return Fraction(std::move(*path));
  const auto fixed = fields.number(field, 0);
  if (fixed && *fixed > 100)
    fields.problem(field, fmt::format("{} must be between 0 and 100, found {}", field, *fixed));
  return fixed ? std::optional<Fraction>(*fixed) : std::nullopt;
}

/// Reads the object `field` with `parse`.
template <class Parse>
auto parse_member(Fields& fields, const char* field, Parse parse) {
  std::optional<decltype(parse(fields))> made;
  const auto* object = fields.object(field);
  if (!object) return made;
  auto member = fields.nested(*object, fields.at(field), std::string(field) + "/");
  made = parse(member);
  member.finish("an " + std::string(field));
  return made;
}

Distributed parse_distributed(Fields& fields, bool express) {
  Distributed distributed;
  distributed.express = express;
  if (auto label = fields.string("Label")) {
    check_label(fields, *label);
    distributed.label = std::move(*label);
  }
  distributed.reader = parse_member(fields, "ItemReader", parse_reader);
  distributed.batcher = parse_member(fields, "ItemBatcher", parse_batcher);
  distributed.writer = parse_member(fields, "ResultWriter", parse_writer);
  distributed.tolerated_count = fields.computed_number("ToleratedFailureCount", 0, most_items);
  distributed.tolerated_percentage = parse_percentage(fields);
  return distributed;
}

struct Processor {
  Flow flow;
  bool distributed = false;
  bool express = false;
};

Processor parse_processor(Fields& fields, const std::string& field) {
  Processor made;
  const auto* object = fields.object(field);
  if (!object) return made;
  auto processor = fields.nested(*object, fields.at(field));
  made.flow = parse_flow(processor);
  if (const auto* config = processor.object("ProcessorConfig")) {
    auto settings = processor.nested(*config, processor.at("ProcessorConfig"));
    const auto mode = settings.string("Mode").value_or("INLINE");
    made.distributed = mode == "DISTRIBUTED";
    if (mode != "INLINE" && mode != "DISTRIBUTED")
      settings.problem("Mode",
                       fmt::format("Mode must be INLINE or DISTRIBUTED, found \"{}\"", mode));
    const auto type = settings.string("ExecutionType").value_or("STANDARD");
    made.express = type == "EXPRESS";
    if (type != "STANDARD" && type != "EXPRESS")
      settings.problem("ExecutionType", fmt::format("ExecutionType must be STANDARD or EXPRESS, "
                                                    "found \"{}\"",
                                                    type));
    settings.finish("ProcessorConfig");
  }
  processor.finish(field);
  return made;
}

void choose_processor(Fields& fields, Map& map) {
  if (fields.has("ItemProcessor") && fields.has("Iterator"))
    fields.problem("Iterator", "a state may have only one of ItemProcessor and Iterator",
                   "Iterator is the older name; keep ItemProcessor");
  if (!fields.has("ItemProcessor") && !fields.has("Iterator"))
    fields.problem("", "the field ItemProcessor is required");
  if (fields.has("Iterator") && !fields.has("ItemProcessor")) map.processor_field = "Iterator";
  fields.accept({"ItemProcessor", "Iterator"});
}

void parse_items(Fields& fields, Map& map) {
  if (fields.jsonata()) {
    map.items = fields.payload_template("Items");
    map.item_selector = fields.payload_template("ItemSelector");
    return;
  }
  map.items_path = fields.path("ItemsPath");
  if (fields.has("ItemSelector") && fields.has("Parameters"))
    fields.problem("Parameters", "a state may have only one of ItemSelector and Parameters",
                   "Parameters is the older name; keep ItemSelector");
  map.item_selector =
      fields.payload_template(fields.has("ItemSelector") ? "ItemSelector" : "Parameters");
  fields.accept({"ItemSelector", "Parameters"});
}

// What only Mode DISTRIBUTED knows.
void refuse_distributed(Fields& fields) {
  // Without effect on an inline Map, on the service too.
  fields.computed_number("ToleratedFailureCount", 0, most_items);
  parse_percentage(fields);
  for (const char* field : {"ItemReader", "ItemBatcher", "ResultWriter", "Label"}) {
    if (fields.get(field))
      fields.problem(field, fmt::format("{} belongs to Mode DISTRIBUTED", field),
                     "set \"Mode\": \"DISTRIBUTED\" in the ProcessorConfig");
  }
}

}  // namespace

Parallel parse_parallel(Fields& fields, State& state) {
  Parallel parallel;
  const auto* branches = fields.array("Branches");
  if (!fields.has("Branches")) fields.problem("", "the field Branches is required");
  if (branches && branches->empty()) fields.problem("Branches", "Branches must not be empty");
  for_each_object(fields, "Branches", "a branch",
                  [&](Fields& branch, bool) { parallel.branches.push_back(parse_flow(branch)); });
  parse_result(fields, state);
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return parallel;
}

Map parse_map(Fields& fields, State& state) {
  Map map;
  choose_processor(fields, map);
  auto processor = parse_processor(fields, map.processor_field);
  map.processor = std::move(processor.flow);
  parse_items(fields, map);
  map.max_concurrency =
      fields.computed_number("MaxConcurrency", 0, most_items).value_or(std::int64_t{0});
  if (processor.distributed)
    map.distributed = parse_distributed(fields, processor.express);
  else
    refuse_distributed(fields);
  if (!fields.jsonata()) {
    state.result_selector = fields.payload_template("ResultSelector");
    state.result_path = fields.reference_filter("ResultPath");
  }
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return map;
}

}  // namespace orch::asl
