// What went wrong: claims, their movements, the postings of what was paid, and reserves.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "examples/ledger/generator/random.h"

namespace ledger {
namespace {

using Text = std::string;
using std::chrono::days;

struct Movement {
  Date day;
  std::string_view kind;
  Cents amount = 0;       ///< of a recovery: negative
  Cents outstanding = 0;  ///< after it
  Value user;
};

struct Claim {
  Text number;
  const Treaty* treaty = nullptr;
  int layer = 1;
  Text event;
  std::string_view cause;
  Date loss;
  Date reported;
  Cents paid = 0;
  Cents outstanding = 0;
  std::vector<Movement> movements;
};

constexpr std::array<std::string_view, 8> events{
    "Storm Ciarán",         "Bernd floods", "Hurricane Ian",      "Kahramanmaraş earthquake",
    "Noto 能登 earthquake", "Storm Eunice", "Gjerdrum landslide", "Valencia DANA"};
constexpr std::array<std::string_view, 9> causes{"windstorm", "flood",     "earthquake",
                                                 "fire",      "collision", "liability",
                                                 "theft",     "hail",      "default"};

/// A reserve first, then payments out of it, reserve changes and now and then a recovery.
void let_develop(Claim& claim, const Book& book, Random& random) {
  auto day = claim.reported;
  claim.outstanding = random.skewed(200'000, 9);
  claim.movements.push_back({day, "reserve", claim.outstanding, claim.outstanding, Null{}});
  for (int left = random.between(0, 11); left > 0 && claim.outstanding > 0; --left) {
    day += days{random.between(5, 150)};
    if (day > closing_day) break;
    Movement movement{day, "payment", 0, 0, Null{}};
    const int dice = random.between(1, 10);
    if (dice <= 6) {
      movement.amount = left == 1 ? claim.outstanding : claim.outstanding / random.between(2, 5);
      claim.outstanding -= movement.amount;
      claim.paid += movement.amount;
    } else if (dice <= 9 || claim.paid == 0) {
      movement.kind = "reserve";
      movement.amount = claim.outstanding / 10 * random.between(-4, 6);
      claim.outstanding += movement.amount;
    } else {
      movement.kind = "recovery";
      movement.amount = -(claim.paid / random.between(4, 20));
      claim.paid += movement.amount;
    }
    movement.outstanding = claim.outstanding;
    if (!random.percent(10)) movement.user = random.between(std::int64_t{1}, book.users);
    claim.movements.push_back(std::move(movement));
  }
}

Claim make_claim(const Book& book, Random& random, int number) {
  Claim claim;
  claim.treaty = &random.pick(book.treaties);
  claim.layer = random.pick(claim.treaty->layers).number;
  const auto last = std::min(claim.treaty->inception + days{360}, closing_day);
  claim.loss = date_between(random, std::min(claim.treaty->inception, last), last);
  claim.reported =
      claim.loss + days{random.percent(80) ? random.between(0, 40) : random.between(41, 700)};
  claim.reported = std::min(claim.reported, closing_day);
  claim.number = fmt::format("C{}-{:06}", claim.treaty->year, number);
  claim.cause = random.pick(causes);
  if (random.percent(20)) claim.event = random.pick(events);
  let_develop(claim, book, random);
  return claim;
}

void write_claim_rows(const std::vector<Claim>& claims, Sink& sink) {
  sink.begin("claims");
  for (const auto& claim : claims) {
    const auto& last = claim.movements.back();
    sink.row(std::array<Value, 12>{
        claim.number, claim.treaty->id, std::int64_t{claim.layer},
        optional(!claim.event.empty(), claim.event), Text(claim.cause), to_text(claim.loss),
        to_text(claim.reported), optional(claim.outstanding == 0, to_text(last.day)),
        claim.treaty->currency, money(claim.paid), money(claim.outstanding),
        optional(claim.event.empty(), fmt::format("{} loss of {}, reported {}", claim.cause,
                                                  to_text(claim.loss), to_text(claim.reported)))});
  }
  sink.end();
}

void write_movements(const std::vector<Claim>& claims, Sink& sink) {
  sink.begin("claim_movements");
  for (const auto& claim : claims) {
    std::int64_t number = 0;
    for (const auto& movement : claim.movements) {
      sink.row(std::array<Value, 7>{claim.number, ++number, to_text(movement.day),
                                    Text(movement.kind), money(movement.amount),
                                    money(movement.outstanding), movement.user});
    }
  }
  sink.end();
}

void write_losses(Book& book, const std::vector<Claim>& claims, Sink& sink) {
  std::int64_t id = 0;
  sink.begin("loss_postings");
  for (const auto& claim : claims) {
    std::int64_t number = 0;
    for (const auto& movement : claim.movements) {
      ++number;
      if (movement.kind == "reserve") continue;
      const auto period = quarter_of(movement.day);
      const auto& treaty = *claim.treaty;
      book.accounts[{treaty.cedent, treaty.currency, period}].losses += movement.amount;
      sink.row(std::array<Value, 8>{++id, claim.number, number, std::int64_t{period.year},
                                    std::int64_t{period.quarter}, to_text(movement.day),
                                    treaty.currency, money(movement.amount)});
    }
  }
  sink.end();
}

/// The outstanding amount at the end of each quarter from the first movement to the last.
void write_reserves(const std::vector<Claim>& claims, Sink& sink) {
  Random random("reserves");
  sink.begin("reserves");
  for (const auto& claim : claims) {
    const auto& moves = claim.movements;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const auto period = quarter_of(moves[i].day);
      if (i + 1 < moves.size() && quarter_of(moves[i + 1].day) == period) continue;
      const auto ibnr = moves[i].outstanding / 100 * random.between(0, 30);
      sink.row(std::array<Value, 5>{claim.number, std::int64_t{period.year},
                                    std::int64_t{period.quarter}, money(moves[i].outstanding),
                                    optional(ibnr > 0, money(ibnr))});
    }
  }
  sink.end();
}

}  // namespace

void write_claims(Book& book, Sink& sink) {
  Random random("claims");
  std::vector<Claim> claims;
  for (int number = 1; number <= book.scaled(9000); ++number) {
    claims.push_back(make_claim(book, random, number));
  }
  write_claim_rows(claims, sink);
  write_movements(claims, sink);
  write_losses(book, claims, sink);
  write_reserves(claims, sink);
}

}  // namespace ledger
