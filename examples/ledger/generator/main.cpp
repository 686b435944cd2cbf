// ledger-generator: makes the example's reinsurance ledger, the same bytes every time.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "orchestrator/base/embedded.h"

namespace ledger {

std::span<const orch::EmbeddedFile> schema();  // generated from schema.sql

namespace {

void generate(Book book, Sink& sink) {
  write_market(book, sink);
  write_contracts(book, sink);
  write_premiums(book, sink);
  write_claims(book, sink);
  write_accounts(book, sink);
  write_archive(book, sink);
  sink.commit();
}

std::unique_ptr<Sink> open_sink(const std::string& file, bool sql) {
  const auto text = schema().front().text;
  if (sql) return copy_sink(std::cout, text);
  if (std::filesystem::exists(file)) {
    throw std::runtime_error(fmt::format("{}: exists already; delete it to make it anew", file));
  }
  return sqlite_sink(file, text);
}

}  // namespace
}  // namespace ledger

int main(int argc, char** argv) {
  CLI::App app{"Makes a reinsurance ledger of 23 tables, the same data every time."};
  std::string file;
  bool sql = false;
  ledger::Book book;
  auto* target = app.add_option("file", file, "SQLite file to create");
  app.add_flag("--sql", sql, "write SQL for psql to standard output instead")->excludes(target);
  app.add_option("--scale", book.scale, "size in percent; 100 is some 520,000 rows")
      ->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  try {
    if (!sql && file.empty()) throw std::runtime_error("give a file to create, or --sql");
    ledger::generate(book, *ledger::open_sink(file, sql));
    return std::cout ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "ledger-generator: " << error.what() << '\n';
    return 1;
  }
}
