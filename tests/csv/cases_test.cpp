// Files of all kinds, good and malformed: tests/cases/csv.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/rows.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/worker.h"

namespace orch {
namespace {

std::string bytes_of(const boost::json::object& one) {
  if (const auto* text = one.if_contains("file")) return std::string(text->as_string());
  const std::string hex(one.at("hex").as_string());
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

csv::Options options_of(const boost::json::object& one) {
  csv::Options options;
  const auto* given = one.if_contains("options");
  if (!given) return options;
  for (const auto& [name, value] : given->as_object()) {
    if (name == "delimiter") options.delimiter = value.as_string()[0];
    if (name == "quote") options.quote = value.as_string()[0];
    if (name == "header") options.header = value.as_bool();
    if (name == "null") options.null = value.as_string();
    if (name == "encoding") options.encoding = value.as_string();
    if (name == "max_record_bytes") options.max_record_bytes = value.to_number<std::size_t>();
  }
  return options;
}

boost::json::value json_of(const std::vector<test::TextRow>& rows) {
  boost::json::array out;
  for (const auto& row : rows) {
    boost::json::array cells;
    for (const auto& cell : row)
      cells.push_back(cell ? boost::json::value(*cell) : boost::json::value());
    out.push_back(cells);
  }
  return out;
}

class Csv : public testing::TestWithParam<boost::json::object> {};

TEST_P(Csv, Case) {
  const auto& one = GetParam();
  const test::TempFolder folder;
  folder.write("t.csv", bytes_of(one));
  const auto source = csv::open_source(folder.path(), options_of(one), "files");
  try {
    boost::json::array names;
    for (const auto& column : source->describe({{"", "t"}, ""}).columns)
      names.emplace_back(column.name);
    const auto rows = test::read_table(*source, "t");
    ASSERT_FALSE(one.contains("error")) << "read without a word";
    EXPECT_EQ(json::write(names), json::write(one.at("columns")));
    EXPECT_EQ(json::write(json_of(rows)), json::write(one.at("rows")));
  } catch (const workers::TaskFailed& failure) {
    ASSERT_TRUE(one.contains("error")) << failure.what();
    EXPECT_EQ(failure.error(), "Source.Malformed");
    EXPECT_EQ(failure.what(), one.at("error").as_string());
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Csv, testing::ValuesIn(test::cases_in("csv.json")),
                         [](const auto& one) { return test::case_name(one.param); });

}  // namespace
}  // namespace orch
