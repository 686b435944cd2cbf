// What a discovery pins of a file: tests/cases/csv_inspect.json.
//
// A case has the bytes of t.csv ("file", "hex", or "repeat": a header, a row so many times, another
// row), members of the "format" that is pinned, all "types", and a "note" that is told; or the
// "fault" for which nothing is pinned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/data/plan_json.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::Contains;

std::string bytes_of(const boost::json::object& one) {
  if (const auto* text = one.if_contains("file")) return std::string(text->as_string());
  std::string bytes;
  if (const auto* value = one.if_contains("repeat")) {
    const auto& repeat = value->as_object();
    bytes = std::string(repeat.at("header").as_string()) + "\n";
    for (std::int64_t i = 0; i < repeat.at("times").as_int64(); ++i)
      bytes += std::string(repeat.at("row").as_string()) + "\n";
    return bytes + std::string(repeat.at("then").as_string()) + "\n";
  }
  const std::string hex(one.at("hex").as_string());
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

boost::json::object json_of(const data::FileFormat& format) {
  boost::json::object object{{"delimiter", std::string(1, format.delimiter.value())},
                             {"quote", std::string(1, format.quote.value())},
                             {"encoding", format.encoding.value()},
                             {"date", format.date}};
  if (format.decimal_comma) object["decimal"] = ",";
  return object;
}

class Inspect : public testing::TestWithParam<boost::json::object> {};

TEST_P(Inspect, Case) {
  const auto& one = GetParam();
  const test::TempFolder folder;
  folder.write("t.csv", bytes_of(one));
  const auto source = csv::open_source(folder.path(), {}, "files");
  data::Relation relation{{"", "t"}, ""};
  if (const auto* fault = one.if_contains("fault")) {
    std::string message;
    try {
      source->file_source()->inspect(relation);
    } catch (const workers::TaskFailed& failure) {
      message = failure.what();
    }
    EXPECT_EQ(message, std::string(fault->as_string()));
    return;
  }
  const auto found = source->file_source()->inspect(relation);
  boost::json::object types;
  for (const auto& [name, kind] : found.options.types) types[name] = data::kind_name(kind);
  EXPECT_EQ(json::write(types), json::write(one.at("types")));
  const auto format = json_of(found.options.format);
  if (const auto* wanted = one.if_contains("format")) {
    for (const auto& [name, value] : wanted->as_object())
      EXPECT_EQ(json::write(format.at(name)), json::write(value)) << name;
  }
  if (const auto* note = one.if_contains("note")) {
    EXPECT_THAT(found.notes, Contains(std::string(note->as_string())));
  } else {
    EXPECT_EQ(found.notes.size(), 1u);
  }
  // What is pinned is what a load reads the file with.
  relation.files = found.options;
  EXPECT_FALSE(source->describe(relation).columns.empty());
  data::File file;
  file.name = "t.csv";
  EXPECT_EQ(source->file_source()->survey(relation, file, [] { return false; }).fault, "");
}

INSTANTIATE_TEST_SUITE_P(Files, Inspect, testing::ValuesIn(test::cases_in("csv_inspect.json")),
                         [](const auto& one) { return test::case_name(one.param); });

}  // namespace
}  // namespace orch
