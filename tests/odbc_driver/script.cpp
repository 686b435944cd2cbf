#include "tests/odbc_driver/script.h"

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

#include <boost/algorithm/hex.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

namespace recording {
namespace {

namespace json = boost::json;

const json::value* member(const json::object& object, const char* name) {
  return object.if_contains(name);
}

std::string text_of(const json::object& object, const char* name, const char* otherwise = "") {
  const auto* found = member(object, name);
  return found ? json::value_to<std::string>(*found) : otherwise;
}

std::int64_t number_of(const json::object& object, const char* name, std::int64_t otherwise) {
  const auto* found = member(object, name);
  return found ? found->to_number<std::int64_t>() : otherwise;
}

bool flag_of(const json::object& object, const char* name) {
  const auto* found = member(object, name);
  return found && found->as_bool();
}

std::string repeated(const std::string& text, std::int64_t times) {
  std::string all;
  for (std::int64_t i = 0; i < times; ++i) all += text;
  return all;
}

Cell cell_of(const json::value& value) {
  Cell cell;
  if (value.is_null()) return cell;
  cell.null = false;
  if (value.is_string()) {
    cell.bytes = value.as_string();
    return cell;
  }
  const auto& object = value.as_object();
  cell.binary = object.contains("hex");
  auto text = text_of(object, cell.binary ? "hex" : "text");
  if (cell.binary) text = boost::algorithm::unhex(text);
  cell.bytes = repeated(text, number_of(object, "times", 1));
  if (object.contains("indicator")) cell.indicator = number_of(object, "indicator", 0);
  return cell;
}

Column column_of(const json::object& object) {
  Column column;
  column.name = text_of(object, "name");
  column.type_name = text_of(object, "type_name");
  column.type = static_cast<SQLSMALLINT>(number_of(object, "type", SQL_VARCHAR));
  column.size = static_cast<SQLULEN>(number_of(object, "size", 0));
  column.digits = static_cast<SQLSMALLINT>(number_of(object, "digits", 0));
  const auto* nullable = member(object, "nullable");
  if (nullable && !nullable->as_bool()) column.nullable = SQL_NO_NULLS;
  return column;
}

Answer answer_of(const json::object& object) {
  Answer answer;
  if (const auto* columns = member(object, "columns"))
    for (const auto& column : columns->as_array())
      answer.columns.push_back(column_of(column.as_object()));
  if (const auto* rows = member(object, "rows"))
    for (const auto& row : rows->as_array()) {
      auto& cells = answer.rows.emplace_back();
      for (const auto& cell : row.as_array()) cells.push_back(cell_of(cell));
      if (cells.size() != answer.columns.size()) throw std::runtime_error("a row is no row");
    }
  answer.repeat = static_cast<std::size_t>(number_of(object, "repeat", 1));
  answer.after_rows = static_cast<std::size_t>(number_of(object, "after_rows", 0));
  if (const auto* error = member(object, "error")) {
    const auto& parts = error->as_object();
    answer.error =
        Failure{text_of(parts, "state", "HY000"),
                static_cast<SQLINTEGER>(number_of(parts, "native", 0)), text_of(parts, "message")};
  }
  answer.drop = flag_of(object, "drop");
  answer.wait = flag_of(object, "wait");
  answer.endless = flag_of(object, "endless");
  if (object.contains("columns_told"))
    answer.columns_told = static_cast<SQLSMALLINT>(number_of(object, "columns_told", 0));
  if (object.contains("rows_told"))
    answer.rows_told = static_cast<SQLULEN>(number_of(object, "rows_told", 0));
  return answer;
}

bool asks_for_rows(const std::string& text) {
  static const std::regex query("^\\(?(SELECT|WITH|VALUES|SQL)", std::regex::icase);
  return std::regex_search(text, query);
}

}  // namespace

Script::Script() {
  const char* file = std::getenv("ORCH_TEST_ODBC_SCRIPT");
  std::ifstream in(file ? file : "");
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    const auto parsed = json::parse(line).as_object();
    if (const auto* info = parsed.if_contains("info")) {
      info_ = info->as_object();
      continue;
    }
    lines_.push_back({std::regex(text_of(parsed, "match"), std::regex::icase), answer_of(parsed),
                      number_of(parsed, "times", std::numeric_limits<std::int64_t>::max())});
  }
}

Script& Script::shared() {
  static Script script;
  return script;
}

Answer Script::answer(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  for (auto& line : lines_) {
    if (line.times == 0 || !std::regex_search(text, line.match)) continue;
    --line.times;
    return line.answer;
  }
  Answer none;
  if (asks_for_rows(text)) none.error = Failure{"42000", 0, "no answer to: " + text};
  return none;
}

std::string Script::info(const char* name) const { return text_of(info_, name); }

void record(const std::string& line) {
  static std::mutex mutex;
  static std::ofstream out = [] {
    const char* file = std::getenv("ORCH_TEST_ODBC_LOG");
    return std::ofstream(file ? file : "/dev/null", std::ios::app);
  }();
  const std::scoped_lock lock(mutex);
  out << line << std::endl;
}

std::string in_one_line(const std::string& sql) {
  std::istringstream words(sql);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace recording
