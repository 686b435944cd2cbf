#include "orchestrator/cli/render/pretty.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/text.h"

namespace orch::cli::render {
namespace {

namespace bj = boost::json;

/// Writes a value over several lines; one that fits into `width` columns in compact form on one
/// line.
class Writer {
 public:
  explicit Writer(std::size_t width = 0) : width_(width) {}

  void write(const bj::value& value, std::size_t depth = 0) {
    const auto* object = value.if_object();
    const auto* array = value.if_array();
    if ((!object && !array) || fits(value, depth)) {
      out_ += json::write(value);
    } else if (object) {
      block('{', '}', object->size(), depth, [&](std::size_t i) {
        const auto& member = *(object->begin() + static_cast<std::ptrdiff_t>(i));
        json::append_string(out_, member.key());
        out_ += ": ";
        write(member.value(), depth + 1);
      });
    } else {
      block('[', ']', array->size(), depth, [&](std::size_t i) { write((*array)[i], depth + 1); });
    }
  }
  std::string text() { return printable_json(std::move(out_)) + '\n'; }

 private:
  static bool is_container(const bj::value& value) { return value.is_object() || value.is_array(); }

  // Containers in containers read better one a line.
  bool fits(const bj::value& value, std::size_t depth) const {
    if (width_ == 0) return false;
    if (const auto* object = value.if_object()) {
      for (const auto& member : *object)
        if (is_container(member.value())) return false;
    } else {
      for (const auto& item : value.get_array())
        if (is_container(item)) return false;
    }
    return display_width(json::write(value)) + 2 * depth + 2 <= width_;
  }

  template <class Each>
  void block(char open, char close, std::size_t size, std::size_t depth, const Each& each) {
    out_ += open;
    for (std::size_t i = 0; i < size; ++i) {
      out_ += i == 0 ? "\n" : ",\n";
      out_.append(2 * depth + 2, ' ');
      each(i);
    }
    if (size > 0) out_ += '\n' + std::string(2 * depth, ' ');
    out_ += close;
  }

  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string pretty(const bj::value& value) {
  Writer writer;
  writer.write(value);
  return writer.text();
}

std::string payload_text(std::string_view json, bool full, const Look& look) {
  constexpr std::int64_t most_lines = 12;
  constexpr std::size_t usual_width = 200;
  constexpr std::size_t indent = 2;
  constexpr std::size_t line_width = 76;
  const auto width = look.width > indent ? look.width - indent : usual_width;
  Writer writer(std::min(width, line_width));
  writer.write(json::parse(json));
  const auto text = writer.text();
  std::string out;
  std::int64_t lines = 0;
  bool cut = false;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const auto end = text.find('\n', at);
    const auto line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (!full && lines >= most_lines) continue;
    cut = cut || (!full && display_width(line) > width);
    out += std::string(indent, ' ') + (full ? std::string(line) : fit(line, width)) + '\n';
  }
  const auto more = full ? 0 : lines - most_lines;
  if (more > 0)
    out += toned(fmt::format("  … {} more {}; --full shows all", count_text(more),
                             more == 1 ? "line" : "lines"),
                 Tone::faint, look) +
           '\n';
  else if (cut)
    out += toned("  … cut to the width; --full shows all", Tone::faint, look) + '\n';
  return out;
}

}  // namespace orch::cli::render
