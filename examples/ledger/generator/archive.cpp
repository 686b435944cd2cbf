// What was recorded: the audit log and documents.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "examples/ledger/generator/random.h"

namespace ledger {
namespace {

using Text = std::string;

/// No key, and some lines are there twice: a double click writes the same line again.
void write_audit_log(const Book& book, Sink& sink) {
  Random random("audit_log");
  constexpr std::array<std::string_view, 5> actions{"view", "edit", "approve", "export", "login"};
  constexpr std::array<std::string_view, 4> entities{"treaty", "claim", "statement", "session"};
  sink.begin("audit_log");
  for (int i = book.scaled(52'000); i > 0; --i) {
    const auto day = date_between(random, closing_day - std::chrono::days{365}, closing_day);
    const auto second = working_second(random);
    const auto milli = random.between(0, 999);
    const auto user = random.between(std::int64_t{1}, book.users);
    const bool by_system = random.percent(5);
    const Text action(random.pick(actions));
    const Text entity(random.pick(entities));
    const auto id = std::to_string(random.between(1, 9000));
    const bool detailed = random.percent(35);
    const auto detail =
        fmt::format(R"({{"field":"notes","was":null,"now":"≥ {} % – ok","tags":["a","b\n{}"]}})",
                    random.between(1, 99), action);
    const std::array<Value, 6> row{fmt::format("{}.{:03}", to_text(day, second), milli),
                                   optional(!by_system, user),
                                   action,
                                   entity,
                                   optional(entity != "session", id),
                                   optional(detailed, detail)};
    sink.row(row);
    if (random.percent(2)) sink.row(row);
  }
  sink.end();
}

/// Some are empty, and some only registered: their content is NULL.
Value content(Random& random, std::int64_t& size) {
  if (random.percent(10)) return Null{};
  size = random.percent(3) ? 0 : random.between(1, 24'000);
  Blob blob;
  while (static_cast<std::int64_t>(blob.bytes.size()) < size) {
    const auto bits = random.bits();
    for (int i = 0; i < 8; ++i) blob.bytes += static_cast<char>((bits >> (8 * i)) & 0xff);
  }
  blob.bytes.resize(static_cast<std::size_t>(size));
  return blob;
}

void write_documents(const Book& book, Sink& sink) {
  Random random("documents");
  sink.begin("documents");
  for (int number = book.scaled(600); number > 0; --number) {
    const auto id = uuid(random);
    const auto& treaty = random.pick(book.treaties);
    const bool filed = random.percent(85);
    const auto day = date_between(random, opening_day, closing_day);
    const auto second = working_second(random);
    std::int64_t size = 0;
    const auto bytes = content(random, size);
    sink.row(std::array<Value, 7>{id, optional(filed, treaty.id),
                                  fmt::format("Vertrag {} – Anhang №{}.pdf", treaty.year, number),
                                  Text("application/pdf"), size, bytes, to_text(day, second)});
  }
  sink.end();
}

}  // namespace

void write_archive(Book& book, Sink& sink) {
  write_audit_log(book, sink);
  write_documents(book, sink);
}

}  // namespace ledger
