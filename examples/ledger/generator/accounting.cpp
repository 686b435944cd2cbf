// What is owed: premium postings, and the statements and settlements that sum everything up.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "examples/ledger/generator/random.h"

namespace ledger {
namespace {

using Text = std::string;
using std::chrono::days;

struct Posting {
  const Treaty& treaty;
  const Layer& layer;
  Date day;
  std::string_view entry;
  Cents gross = 0;
};

class PremiumWriter {
 public:
  PremiumWriter(Book& book, Sink& sink) : book_(book), sink_(sink) {}

  void write(const Posting& posting) {
    const auto& treaty = posting.treaty;
    const auto part = [&](std::int64_t hundredths) { return posting.gross * hundredths / 10'000; };
    const auto commission = part(treaty.commission);
    const auto brokerage = part(treaty.brokerage);
    const auto tax = part(treaty.tax);
    const auto net = posting.gross - commission - brokerage - tax;
    const auto period = quarter_of(posting.day);
    book_.accounts[{treaty.cedent, treaty.currency, period}].premium += net;
    const bool has_reference = random_.percent(30);
    const auto reference = fmt::format("{:010x}", random_.bits() & 0xff'ffff'ffff);
    sink_.row(std::array<Value, 14>{++id_, treaty.id, std::int64_t{posting.layer.number},
                                    std::int64_t{period.year}, std::int64_t{period.quarter},
                                    to_text(posting.day), Text(posting.entry), treaty.currency,
                                    money(posting.gross), money(commission), money(brokerage),
                                    money(tax), money(net), optional(has_reference, reference)});
  }

 private:
  Book& book_;
  Sink& sink_;
  Random random_{"premium references"};
  std::int64_t id_ = 0;
};

/// Excess of loss: a deposit in four instalments, an adjustment after the year.
void write_excess(PremiumWriter& out, Random& random, const Treaty& treaty, const Layer& layer) {
  const auto instalment = layer.premium / 10 * 9 / 4;
  for (int i = 0; i < 4; ++i) {
    const auto day = treaty.inception + days{91 * i + random.between(0, 30)};
    if (day <= closing_day) out.write({treaty, layer, day, "deposit premium", instalment});
  }
  const auto day = treaty.inception + days{420 + random.between(0, 60)};
  const auto adjustment = layer.premium / 1000 * random.between(-50, 250);
  if (day <= closing_day) out.write({treaty, layer, day, "adjustment premium", adjustment});
}

/// Proportional: the bordereaux of each month, for three years, fading out; portfolio entries.
void write_bordereaux(PremiumWriter& out, Random& random, const Treaty& treaty,
                      const Layer& layer) {
  auto monthly = layer.premium / 12;
  for (int month = 1; month <= 48; ++month) {
    for (int batch = random.between(1, 8); batch > 0; --batch) {
      const auto day = treaty.inception + days{30 * month + random.between(0, 20)};
      const auto gross = monthly / 1000 * random.between(40, 260);
      const auto* entry = gross % 19 == 0 ? "return premium" : "bordereau premium";
      if (day > closing_day) return;
      out.write({treaty, layer, day, entry, gross % 19 == 0 ? -gross : gross});
    }
    if (month > 12) monthly = monthly * 9 / 10;
  }
}

struct Instalments {
  const Text& statement;
  Date issued;
  Cents balance = 0;
};

/// One or two payments; those after the closing day are planned, without a date.
void write_settlements(Sink& sink, Random& random, const Instalments& due) {
  const int count = random.between(1, 2);
  auto left = due.balance;
  for (int i = 1; i <= count; ++i) {
    const auto amount = i == count ? left : left / 2;
    left -= amount;
    const auto day = due.issued + days{random.between(10, 90)};
    const bool paid = day <= closing_day;
    const auto second = working_second(random);
    const auto iban = fmt::format("DE{:02}{:018}", random.between(10, 99), std::abs(amount));
    sink.row(std::array<Value, 7>{
        uuid(random), due.statement, std::int64_t{i}, optional(paid, to_text(day)),
        optional(paid, to_text(day, second).substr(11)), money(amount), optional(paid, iban)});
  }
}

}  // namespace

void write_premiums(Book& book, Sink& sink) {
  Random random("premium_postings");
  sink.begin("premium_postings");
  PremiumWriter out(book, sink);
  for (const auto& treaty : book.treaties) {
    for (const auto& layer : treaty.layers) {
      treaty.proportional ? write_bordereaux(out, random, treaty, layer)
                          : write_excess(out, random, treaty, layer);
    }
  }
  sink.end();
}

void write_accounts(Book& book, Sink& sink) {
  Random random("statements_of_account");
  struct Issued {
    Text id;
    Date day;
    Cents balance;
  };
  std::vector<Issued> issued;
  sink.begin("statements_of_account");
  for (const auto& [key, account] : book.accounts) {
    const auto& [cedent, currency, period] = key;
    const auto balance = account.premium - account.losses;
    const auto day = start_of(period, 1) + days{random.between(5, 40)};
    const auto second = working_second(random);
    const Text zone = random.percent(50) ? "+00" : "+02";
    issued.push_back({uuid(random), day, balance});
    sink.row(std::array<Value, 9>{issued.back().id, cedent, currency, std::int64_t{period.year},
                                  std::int64_t{period.quarter}, money(account.premium),
                                  money(account.losses), money(balance),
                                  to_text(day, second) + zone});
  }
  sink.end();
  sink.begin("settlements");
  for (const auto& statement : issued) {
    write_settlements(sink, random, {statement.id, statement.day, statement.balance});
  }
  sink.end();
}

}  // namespace ledger
