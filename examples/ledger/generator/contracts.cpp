// What was agreed: treaties, their layers, who takes which share, and commissions.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "examples/ledger/generator/random.h"

namespace ledger {
namespace {

using Text = std::string;
using std::chrono::days;

Value percent(std::int64_t hundredths) { return Decimal{hundredths, 2}; }

std::int64_t rounded(std::int64_t amount, std::int64_t to) { return amount / to * to; }

/// One layer for a proportional treaty, else a tower of up to five, each on top of the one below.
std::vector<Layer> make_layers(Random& random, bool proportional) {
  std::vector<Layer> layers;
  auto limit = rounded(random.skewed(100'000'000, 5), 10'000'000);
  auto attachment = proportional ? Cents{0} : limit;
  auto rate = random.between(150, 450);  // rate on line, in thousandths
  for (int left = proportional ? 1 : random.between(1, 5); left > 0; --left) {
    layers.push_back({static_cast<int>(layers.size()) + 1, attachment, limit, limit / 1000 * rate});
    attachment += limit;
    limit *= random.between(1, 2);
    rate = rate * 6 / 10 + 1;
  }
  return layers;
}

Treaty make_treaty(const Book& book, Random& random, std::int64_t id) {
  Treaty treaty;
  treaty.id = id;
  treaty.year = random.between(2019, 2025);
  treaty.cedent = random.between(std::int64_t{1}, book.cedents);
  treaty.currency = book.currencies[static_cast<std::size_t>(random.between(0, 4))];
  if (random.percent(25)) treaty.currency = random.pick(book.currencies);
  treaty.proportional = random.percent(45);
  const auto month = random.percent(70) ? 1 : random.between(2, 7);
  treaty.inception = start_of({treaty.year, 1}) + days{31 * (month - 1)};
  treaty.commission = treaty.proportional ? random.between(1800, 3500) : 0;
  treaty.brokerage = random.percent(20) ? 0 : random.between(100, 1000);
  treaty.tax = random.percent(80) ? 0 : random.between(100, 500);
  treaty.layers = make_layers(random, treaty.proportional);
  return treaty;
}

/// The terms only one kind of treaty has; NULL in the others, as wide tables are in life.
void append_terms(std::vector<Value>& row, const Treaty& treaty, Random& random) {
  const bool pro = treaty.proportional;
  const auto& top = treaty.layers.back();
  Cents premium = 0;
  for (const auto& layer : treaty.layers) premium += layer.premium;
  row.push_back(optional(pro, Decimal{random.between(50'000, 900'000), 4}));
  row.push_back(optional(!pro, money(treaty.layers.front().attachment)));
  row.push_back(money(top.limit));
  row.push_back(optional(!pro && random.percent(40), money(top.limit * 3)));
  row.push_back(optional(!pro && random.percent(15), money(top.attachment / 2)));
  row.push_back(money(premium));
  row.push_back(optional(!pro, money(premium / 10 * 8)));
  row.push_back(optional(!pro, money(premium / 10 * 9)));
  row.push_back(percent(treaty.commission));
  row.push_back(percent(treaty.brokerage));
  row.push_back(percent(treaty.tax));
  const bool shares_profit = pro && random.percent(30);
  row.push_back(optional(shares_profit, percent(2000)));
  row.push_back(optional(shares_profit, percent(500)));
  const bool slides = pro && random.percent(25);
  row.push_back(optional(slides, percent(treaty.commission - 500)));
  row.push_back(optional(slides, percent(treaty.commission + 700)));
  const bool corridor = pro && random.percent(10);
  row.push_back(optional(corridor, Decimal{800'000, 4}));
  row.push_back(optional(corridor, Decimal{1'100'000, 4}));
  row.push_back(optional(!pro, std::int64_t{random.between(0, 3)}));
  row.push_back(optional(!pro, percent(10'000)));
  const std::int64_t hours = random.percent(60) ? 72 : 168;
  row.push_back(optional(!pro && random.percent(50), hours));
}

void append_clauses(std::vector<Value>& row, Random& random) {
  row.push_back(std::int64_t{random.between(1, 3) * 30});
  for (const int chance : {95, 90, 70, 35, 98, 60}) row.push_back(Boolean{random.percent(chance)});
  row.push_back(fmt::format("LMA-{}", random.between(5000, 5999)));
  row.push_back(static_cast<double>(random.between(300'000, 1'200'000)) / 1e6);
}

std::vector<Value> treaty_row(const Book& book, const Treaty& treaty, Random& random) {
  constexpr std::array<std::string_view, 3> excess_kinds{"per risk XL", "cat XL", "stop loss"};
  const bool pro = treaty.proportional;
  const auto signed_on = treaty.inception + days{random.between(-40, 25)};
  const bool is_signed = signed_on <= closing_day;
  const bool cancelled = is_signed && random.percent(2);
  std::vector<Value> row{treaty.id, fmt::format("T{}-{:05}", treaty.year, treaty.id),
                         std::int64_t{treaty.year}, treaty.cedent};
  row.push_back(random.percent(15) ? Value{Null{}} : Value{random.pick(book.brokers)});
  row.push_back(random.pick(book.lines));
  row.push_back(random.between(std::int64_t{1}, book.territories));
  row.push_back(treaty.currency);
  row.push_back(random.between(std::int64_t{1}, book.users));
  row.push_back(pro ? Text(random.percent(70) ? "quota share" : "surplus")
                    : Text(random.pick(excess_kinds)));
  row.push_back(Text(random.percent(60) ? "losses occurring" : "risks attaching"));
  row.push_back(Text(cancelled ? "cancelled" : is_signed ? "signed" : "quoted"));
  row.push_back(to_text(treaty.inception));
  row.push_back(to_text(treaty.inception + days{364}));
  row.push_back(optional(is_signed, to_text(signed_on)));
  row.push_back(optional(cancelled, to_text(treaty.inception + days{180})));
  append_terms(row, treaty, random);
  append_clauses(row, random);
  const auto created = treaty.inception - days{random.between(60, 200)};
  row.push_back(to_text(created, working_second(random)));
  row.push_back(to_text(created + days{20}, working_second(random)));
  row.push_back(optional(random.percent(5), Text("Renewal „as expiring“ – see slip № 2 ✓")));
  return row;
}

void write_treaties(Book& book, Sink& sink) {
  Random random("treaties");
  sink.begin("treaties");
  for (std::int64_t id = 1; id <= book.scaled(2600); ++id) {
    book.treaties.push_back(make_treaty(book, random, id));
    sink.row(treaty_row(book, book.treaties.back(), random));
  }
  sink.end();
}

void write_layers(const Book& book, Sink& sink) {
  sink.begin("layers");
  for (const auto& treaty : book.treaties) {
    for (const auto& layer : treaty.layers) {
      sink.row(std::array<Value, 6>{treaty.id, std::int64_t{layer.number}, money(layer.attachment),
                                    money(layer.limit), money(layer.premium),
                                    Decimal{layer.premium / (layer.limit / 1'000'000), 6}});
    }
  }
  sink.end();
}

/// Shares in millionths that add up to 1; the last one takes what is left.
void write_participations(const Book& book, Sink& sink) {
  Random random("participations");
  sink.begin("participations");
  for (const auto& treaty : book.treaties) {
    for (const auto& layer : treaty.layers) {
      const int count = random.between(1, 7);
      auto reinsurer = random.between(std::int64_t{1}, book.reinsurers);
      std::int64_t left = 1'000'000;
      for (int i = 1; i <= count; ++i) {
        const auto share = i == count ? left : left / random.between(2, 4);
        left -= share;
        sink.row(std::array<Value, 5>{treaty.id, std::int64_t{layer.number}, reinsurer,
                                      Decimal{share, 6}, Boolean{i == 1}});
        reinsurer = (reinsurer + random.between(1, 15) - 1) % book.reinsurers + 1;
      }
    }
  }
  sink.end();
}

/// Nothing is retroceded yet.
void write_retrocessions(Sink& sink) {
  sink.begin("retrocessions");
  sink.end();
}

void write_commissions(const Book& book, Sink& sink) {
  Random random("commissions");
  sink.begin("commissions");
  for (const auto& treaty : book.treaties) {
    if (!treaty.proportional) continue;
    const auto earned = treaty.layers.front().premium;
    for (auto day = treaty.inception + days{400}; day <= closing_day; day += days{365}) {
      const auto adjusted = treaty.commission + random.between(-300, 300);
      sink.row(std::array<Value, 6>{treaty.id, Text("sliding scale"), money(earned),
                                    percent(adjusted), money(earned / 10'000 * adjusted),
                                    to_text(day, working_second(random))});
    }
  }
  sink.end();
}

}  // namespace

void write_contracts(Book& book, Sink& sink) {
  write_treaties(book, sink);
  write_layers(book, sink);
  write_participations(book, sink);
  write_retrocessions(sink);
  write_commissions(book, sink);
}

}  // namespace ledger
