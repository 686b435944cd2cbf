#include "workers/library/xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"

namespace orch::library {
namespace {

constexpr int deepest = 64;
constexpr std::string_view blanks = " \t\r\n";
constexpr auto npos = std::string_view::npos;

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  XmlElement document() {
    between();
    if (!text_.substr(at_).starts_with("<")) fail("no element");
    auto root = element(0);
    between();
    if (at_ != text_.size()) fail("something after the root element");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw XmlInvalid(fmt::format("{} at byte {}", why, at_));
  }

  bool take(std::string_view mark) {
    if (!text_.substr(at_).starts_with(mark)) return false;
    at_ += mark.size();
    return true;
  }

  void blank() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

  std::string_view until(std::string_view mark) {
    const auto end = text_.find(mark, at_);
    if (end == npos) fail(fmt::format("no \"{}\"", mark));
    const auto inside = text_.substr(at_, end - at_);
    at_ = end + mark.size();
    return inside;
  }

  /// Comments and instructions, which mean nothing here.
  bool aside() {
    if (take("<!--"))
      until("-->");
    else if (take("<?"))
      until("?>");
    else
      return false;
    return true;
  }

  void between() {
    do blank();
    while (aside());
  }

  std::string name() {
    constexpr std::string_view ends = " \t\r\n/>=<\"'&";
    const auto end = std::min(text_.find_first_of(ends, at_), text_.size());
    const auto whole = text_.substr(at_, end - at_);
    if (whole.empty() || valid_prefix(whole) != whole.size()) fail("no name");
    at_ = end;
    return std::string(whole.substr(whole.rfind(':') + 1));
  }

  void attributes() {
    for (blank(); at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/'; blank()) {
      name();
      blank();
      if (!take("=")) fail("an attribute without a value");
      blank();
      if (take("\""))
        until("\"");
      else if (take("'"))
        until("'");
      else
        fail("an attribute without quotes");
    }
  }

  XmlElement element(int depth) {
    if (depth == deepest) fail("too many levels");
    ++at_;  // the "<"
    XmlElement made;
    const auto begin = at_;
    made.name = name();
    const auto written = text_.substr(begin, at_ - begin);
    attributes();
    if (take("/>")) return made;
    if (!take(">")) fail("a tag without an end");
    content(made, depth);
    if (!take(written)) fail(fmt::format("\"{}\" is not closed", made.name));
    blank();
    if (!take(">")) fail("a tag without an end");
    return made;
  }

  /// Up to the name in the closing tag.
  void content(XmlElement& made, int depth) {
    while (!take("</")) {
      if (at_ >= text_.size()) fail(fmt::format("\"{}\" is not closed", made.name));
      if (take("<![CDATA["))
        made.text += utf8(until("]]>"));
      else if (text_.substr(at_).starts_with("<!") && !text_.substr(at_).starts_with("<!--"))
        fail("a declaration");
      else if (aside())
        continue;
      else if (text_[at_] == '<')
        made.children.push_back(element(depth + 1));
      else if (take("&"))
        reference(made.text);
      else
        plain(made.text);
    }
  }

  void plain(std::string& out) {
    const auto end = std::min(text_.find_first_of("<&", at_), text_.size());
    out += utf8(text_.substr(at_, end - at_));
    at_ = end;
  }

  std::string_view utf8(std::string_view part) const {
    if (valid_prefix(part) != part.size()) fail("invalid UTF-8");
    return part;
  }

  void reference(std::string& out) {
    constexpr std::array<std::pair<std::string_view, char>, 5> known = {
        {{"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"amp", '&'}}};
    auto name = until(";");
    if (name.starts_with('#')) return append_utf8(out, point(name.substr(1)));
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == known.end()) fail("an unknown entity");
    out += found->second;
  }

  std::uint32_t point(std::string_view digits) const {
    const bool hexadecimal = digits.starts_with('x');
    if (hexadecimal) digits.remove_prefix(1);
    std::uint32_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 10);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (read.ec != std::errc() || read.ptr != end || value == 0 || value > 0x10FFFF || surrogate)
      fail("a number that is no character");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& each) { return each.name == wanted; });
  return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::text_of(std::string_view wanted) const {
  const auto* found = child(wanted);
  return found ? found->text : std::string();
}

XmlElement parse_xml(std::string_view text) { return Parser(text).document(); }

}  // namespace orch::library
