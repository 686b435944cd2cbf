#include "workers/catalog/edit_text.h"

#include <algorithm>
#include <utility>

#include "orchestrator/json/text.h"

namespace orch::catalog {
namespace {

constexpr std::size_t most_cells = 10'000'000;  // of a table of lines against lines

/// A value in the text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct MemberSpan {
  std::string name;
  Span value;
};

/// Finds values in valid JSON.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// The values of an array or object; names are empty in an array.
  std::vector<MemberSpan> children(const Span& parent) const {
    std::vector<MemberSpan> all;
    const bool named = text_[parent.begin] == '{';
    auto at = after_blanks(parent.begin + 1);
    while (at + 1 < parent.end) {
      MemberSpan child;
      if (named) {
        const auto end = value_end(at);
        child.name = std::string(json::parse(text_.substr(at, end - at)).as_string());
        at = after_blanks(after_blanks(end) + 1);
      }
      child.value = {at, value_end(at)};
      at = after_blanks(child.value.end);
      if (text_[at] == ',') at = after_blanks(at + 1);
      all.push_back(std::move(child));
    }
    return all;
  }

  Span root() const {
    const auto begin = after_blanks(0);
    return {begin, value_end(begin)};
  }

  /// What stands between the last line break before `at` and `at`, if it is blank; else nothing.
  std::string_view indent(std::size_t at) const {
    const auto line = text_.rfind('\n', at);
    const auto begin = line == std::string_view::npos ? 0 : line + 1;
    const auto lead = text_.substr(begin, at - begin);
    const bool blank =
        line != std::string_view::npos && lead.find_first_not_of(" \t") == std::string_view::npos;
    const auto end_before = blank && line > 0 && text_[line - 1] == '\r' ? line - 1 : line;
    return blank ? text_.substr(end_before, at - end_before) : std::string_view();
  }

 private:
  std::size_t after_blanks(std::size_t at) const {
    const auto found = text_.find_first_not_of(" \t\r\n", at);
    return found == std::string_view::npos ? text_.size() : found;
  }

  std::size_t string_end(std::size_t at) const {
    for (++at; text_[at] != '"'; ++at)
      if (text_[at] == '\\') ++at;
    return at + 1;
  }

  std::size_t value_end(std::size_t at) const {
    if (text_[at] == '"') return string_end(at);
    if (text_[at] != '{' && text_[at] != '[')
      return std::min(text_.find_first_of(",]} \t\r\n", at), text_.size());
    int depth = 0;
    while (true) {
      if (text_[at] == '"') {
        at = string_end(at);
        continue;
      }
      if (text_[at] == '{' || text_[at] == '[') ++depth;
      if ((text_[at] == '}' || text_[at] == ']') && --depth == 0) return at + 1;
      ++at;
    }
  }

  std::string_view text_;
};

/// One replacement of a stretch of the text.
struct Change {
  Span place;
  std::string text;
};

void set_member(const Scanner& scanner, const Span& element, const TextEdits::Member& member,
                std::vector<Change>& changes) {
  const auto members = scanner.children(element);
  for (const auto& each : members) {
    if (each.name != member.name) continue;
    changes.push_back({each.value, member.value});
    return;
  }
  const auto text = "\"" + member.name + "\": " + member.value;
  if (members.empty()) {
    changes.push_back({{element.begin + 1, element.begin + 1}, text});
    return;
  }
  // An object over several lines has its members on lines of their own: so does the new one.
  const auto end = members.back().value.end;
  auto lead = std::string(" ");
  const auto& first = members.front().value;
  const auto line = first.begin - (members.front().name.size() + 2);
  for (auto at = line; at > element.begin; --at)
    if (const auto indent = scanner.indent(at); !indent.empty()) {
      lead = std::string(indent);
      break;
    }
  changes.push_back({{end, end}, "," + lead + text});
}

/// An element with the comma that separates it from a neighbour that stays.
void remove(const std::vector<MemberSpan>& elements, std::size_t which,
            const std::vector<std::size_t>& removed, std::vector<Change>& changes) {
  const auto stays = [&](std::size_t i) {
    return std::find(removed.begin(), removed.end(), i) == removed.end();
  };
  bool before = false;
  for (std::size_t i = 0; i < which; ++i) before = before || stays(i);
  const auto& place = elements[which].value;
  if (before)
    changes.push_back({{elements[which - 1].value.end, place.end}, ""});
  else if (which + 1 < elements.size())
    changes.push_back({{place.begin, elements[which + 1].value.begin}, ""});
  else
    changes.push_back({place, ""});
}

void add(const Scanner& scanner, const Span& tables, const std::vector<MemberSpan>& elements,
         const TextEdits& edits, std::vector<Change>& changes) {
  if (edits.added.empty()) return;
  const bool none_left = elements.size() == edits.removed.size();
  const auto indent =
      elements.empty() ? std::string() : std::string(scanner.indent(elements.front().value.begin));
  std::string text;
  for (const auto& element : edits.added) {
    if (!text.empty() || !none_left) text += ",";
    text += text.empty() && none_left ? "" : indent.empty() ? " " : indent;
    text += element;
  }
  const auto end = elements.empty() ? tables.begin + 1 : elements.back().value.end;
  changes.push_back({{end, end}, std::move(text)});
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    auto line = text.substr(0, end);
    if (line.ends_with('\n')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end);
  }
  return lines;
}

}  // namespace

std::string edit_tables(std::string_view text, const TextEdits& edits) {
  const Scanner scanner(text);
  Span tables;
  for (const auto& member : scanner.children(scanner.root()))
    if (member.name == "tables") tables = member.value;
  const auto elements = scanner.children(tables);
  std::vector<Change> changes;
  for (const auto which : edits.removed) remove(elements, which, edits.removed, changes);
  for (const auto& member : edits.members)
    set_member(scanner, elements[member.element].value, member, changes);
  add(scanner, tables, elements, edits, changes);
  // From the end, so that the places before stay right.
  std::stable_sort(changes.begin(), changes.end(), [](const Change& one, const Change& other) {
    return one.place.begin > other.place.begin;
  });
  std::string out(text);
  for (const auto& change : changes)
    out.replace(change.place.begin, change.place.end - change.place.begin, change.text);
  return out;
}

std::string line_diff(std::string_view before, std::string_view after) {
  auto old_lines = lines_of(before);
  auto new_lines = lines_of(after);
  const auto alike =
      std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  new_lines.erase(new_lines.begin(), alike.second);
  old_lines.erase(old_lines.begin(), alike.first);
  while (!old_lines.empty() && !new_lines.empty() && old_lines.back() == new_lines.back()) {
    old_lines.pop_back();
    new_lines.pop_back();
  }
  const auto rows = old_lines.size(), columns = new_lines.size();
  if (rows * columns > most_cells) return {};
  // Lengths of the longest common subsequence of what follows each pair of lines.
  std::vector<std::vector<int>> common(rows + 1, std::vector<int>(columns + 1, 0));
  for (auto i = rows; i-- > 0;)
    for (auto j = columns; j-- > 0;)
      common[i][j] = old_lines[i] == new_lines[j] ? common[i + 1][j + 1] + 1
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && old_lines[i] == new_lines[j]) {
      ++i, ++j;
    } else if (i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1])) {
      out += "-" + std::string(old_lines[i++]) + "\n";
    } else {
      out += "+" + std::string(new_lines[j++]) + "\n";
    }
  }
  return out;
}

}  // namespace orch::catalog
