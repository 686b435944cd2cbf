// Base64 and the escapes of URLs.
#include <array>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata::functions {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
constexpr std::string_view reserved = ";/?:@&=+$,#";

/// One byte a UTF-16 unit, its low eight bits: that is how the reference takes text.
std::string latin1(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = next_character(text, at);
    if (character >= 0x10000) bytes += static_cast<char>((character - 0x10000) >> 10 & 0xFF);
    bytes += static_cast<char>(character & 0xFF);
  }
  return bytes;
}

[[noreturn]] void malformed(const char* function, const Value& value) {
  throw Problem("D3140").value(value).function_name(function).error();
}

Value encoded(const Arguments& arguments, bool keep_reserved, const char* function) {
  if (!arguments[0].defined()) return {};
  const auto text = arguments[0].string();
  if (has_lone_surrogate(text)) malformed(function, arguments[0]);
  constexpr const char* digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != unreserved.npos ||
        (keep_reserved && reserved.find(c) != reserved.npos)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  return Value::text(std::move(out));
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// How many bytes of UTF-8 the lead byte announces; 0: it is none.
int announced(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

Value decoded(const Arguments& arguments, bool keep_reserved, const char* function) {
  if (!arguments[0].defined()) return {};
  const auto text = arguments[0].string();
  std::string out;
  const auto byte_at = [&](std::size_t at) {
    const int high = at + 2 < text.size() + 0 && text[at] == '%' ? hex(text[at + 1]) : -1;
    const int low = high >= 0 ? hex(text[at + 2]) : -1;
    if (low < 0) malformed(function, arguments[0]);
    return static_cast<unsigned char>(high << 4 | low);
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    const auto lead = byte_at(at);
    const auto count = announced(lead);
    if (count == 0) malformed(function, arguments[0]);
    if (count == 1 && keep_reserved && reserved.find(static_cast<char>(lead)) != reserved.npos) {
      out += text.substr(at, 3);
      at += 3;
      continue;
    }
    out += static_cast<char>(lead);
    at += 3;
    for (int i = 1; i < count; ++i, at += 3) {
      if (at >= text.size()) malformed(function, arguments[0]);
      const auto byte = byte_at(at);
      if ((byte & 0xC0) != 0x80) malformed(function, arguments[0]);
      out += static_cast<char>(byte);
    }
  }
  return Value::text(std::move(out));
}

}  // namespace

Value base64_encode(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto bytes = latin1(arguments[0].string());
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    const auto left = bytes.size() - at;
    out += alphabet[group >> 18 & 63];
    out += alphabet[group >> 12 & 63];
    out += left > 1 ? alphabet[group >> 6 & 63] : '=';
    out += left > 2 ? alphabet[group & 63] : '=';
  }
  return Value::text(std::move(out));
}

Value base64_decode(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : arguments[0].string()) {
    if (c == '=') break;
    auto digit = alphabet.find(c == '-' ? '+' : c == '_' ? '/' : c);
    if (digit == alphabet.npos) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    append_character(out, bits >> count & 0xFF);
  }
  return Value::text(std::move(out));
}

Value encode_url_component(Evaluator&, Arguments& arguments, const Value&) {
  return encoded(arguments, false, "encodeUrlComponent");
}

Value encode_url(Evaluator&, Arguments& arguments, const Value&) {
  return encoded(arguments, true, "encodeUrl");
}

Value decode_url_component(Evaluator&, Arguments& arguments, const Value&) {
  return decoded(arguments, false, "decodeUrlComponent");
}

Value decode_url(Evaluator&, Arguments& arguments, const Value&) {
  return decoded(arguments, true, "decodeUrl");
}

}  // namespace orch::jsonata::functions
