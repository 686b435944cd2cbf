// Files of all kinds, good and malformed: tests/cases/jsonl.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/rows.h"
#include "tests/support/temp_folder.h"
#include "workers/jsonl/jsonl.h"
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

class JsonlCase : public testing::TestWithParam<boost::json::object> {};

TEST_P(JsonlCase, IsReadAsItIsOrRefused) {
  const auto& one = GetParam();
  const test::TempFolder folder;
  folder.write("t.jsonl", bytes_of(one));
  boost::json::array columns, rows;
  std::string failure;
  try {
    const auto source = jsonl::open_source(folder.path(), "files");
    for (const auto& column : source->describe({{"", "t"}, ""}).columns)
      columns.emplace_back(column.name + " " + column.native.shown());
    for (const auto& row : test::read_table(*source, "t")) {
      boost::json::array cells;
      for (const auto& cell : row)
        cells.push_back(cell ? boost::json::value(*cell) : boost::json::value());
      rows.push_back(std::move(cells));
    }
  } catch (const workers::TaskFailed& failed) {
    failure = failed.error() + ": " + failed.what();
  }
  if (const auto* expected = one.if_contains("failure")) {
    EXPECT_THAT(failure, testing::HasSubstr(std::string(expected->as_string())));
    return;
  }
  ASSERT_EQ(failure, "");
  EXPECT_EQ(columns, one.at("columns").as_array());
  EXPECT_EQ(rows, one.at("rows").as_array());
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonlCase, testing::ValuesIn(test::cases_in("jsonl.json")),
                         [](const auto& one) { return test::case_name(one.param); });

}  // namespace
}  // namespace orch
