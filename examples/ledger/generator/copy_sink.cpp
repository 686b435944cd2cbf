#include <type_traits>

#include <fmt/format.h>

#include "examples/ledger/generator/sink.h"

namespace ledger {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void append_escaped(std::string& line, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      default:
        line += c;
    }
  }
}

void append_hex(std::string& line, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  line += "\\\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    line += digits[byte >> 4];
    line += digits[byte & 15];
  }
}

void append(std::string& line, const Value& value) {
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, Null>) {
          line += "\\N";
        } else if constexpr (std::is_same_v<T, Boolean>) {
          line += v.value ? 't' : 'f';
        } else if constexpr (std::is_same_v<T, Decimal>) {
          line += to_text(v);
        } else if constexpr (std::is_same_v<T, Blob>) {
          append_hex(line, v.bytes);
        } else if constexpr (std::is_same_v<T, std::string>) {
          append_escaped(line, v);
        } else {
          line += fmt::format("{}", v);
        }
      },
      value);
}

class CopySink : public Sink {
 public:
  CopySink(std::ostream& out, std::string_view schema) : out_(&out) {
    std::string text(schema);
    replace_all(text, ") WITHOUT ROWID;", ");");
    replace_all(text, " BLOB,", " BYTEA,");
    *out_ << "BEGIN;\n" << text;
  }

  void begin(std::string_view table) override { *out_ << "COPY " << table << " FROM stdin;\n"; }

  void row(std::span<const Value> cells) override {
    line_.clear();
    for (const auto& cell : cells) {
      if (!line_.empty()) line_ += '\t';
      append(line_, cell);
    }
    line_ += '\n';
    *out_ << line_;
  }

  void end() override { *out_ << "\\.\n"; }
  void commit() override { *out_ << "COMMIT;\n" << std::flush; }

 private:
  std::ostream* out_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Sink> copy_sink(std::ostream& out, std::string_view schema) {
  return std::make_unique<CopySink>(out, schema);
}

}  // namespace ledger
