#include "workers/tools/text_template.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::tools {
namespace {

const boost::json::value* element(const boost::json::array& array, std::string_view name) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool number = error == std::errc{} && end == name.data() + name.size();
  return number && index < array.size() ? &array[index] : nullptr;
}

const boost::json::value& find(const boost::json::value& data, std::string_view path) {
  const auto* at = &data;
  for (auto rest = path; at && !rest.empty();) {
    const auto dot = rest.find('.');
    const auto name = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
    if (const auto* object = at->if_object())
      at = object->if_contains({name.data(), name.size()});
    else if (const auto* array = at->if_array())
      at = element(*array, name);
    else
      at = nullptr;
  }
  if (!at || path.empty())
    throw std::invalid_argument(fmt::format("the data has no \"{}\" for {{{}}}", path, path));
  return *at;
}

bool all_strings(const boost::json::array& array) {
  return std::all_of(array.begin(), array.end(), [](const auto& item) { return item.is_string(); });
}

std::string spelled(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  const auto* array = value.if_array();
  if (!array || !all_strings(*array)) return json::write(value);
  std::string joined;
  for (const auto& item : *array) {
    if (!joined.empty()) joined += ", ";
    joined += std::string_view(item.get_string());
  }
  return joined;
}

}  // namespace

std::string fill_template(std::string_view text, const boost::json::value& data) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      filled += c;
    } else if (i + 1 < text.size() && text[i + 1] == c) {
      filled += c;
      ++i;
    } else {
      const auto end = text.find('}', i);
      if (c == '}' || end == std::string_view::npos)
        throw std::invalid_argument(
            fmt::format("a single {} at character {}; write it twice for itself", c, i + 1));
      filled += spelled(find(data, text.substr(i + 1, end - i - 1)));
      i = end;
    }
  }
  return filled;
}

}  // namespace orch::tools
