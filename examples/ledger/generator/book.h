// The book of business: what later tables must know of earlier ones.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "examples/ledger/generator/sink.h"
#include "examples/ledger/generator/value.h"

namespace ledger {

/// The books are open until this day; nothing is dated later but periods and expiries.
inline constexpr Date closing_day{std::chrono::year{2025} / 9 / 30};
inline constexpr Date opening_day{std::chrono::year{2019} / 1 / 1};

struct Layer {
  int number = 1;
  Cents attachment = 0;
  Cents limit = 0;
  Cents premium = 0;
};

struct Treaty {
  std::int64_t id = 0;
  int year = 0;
  std::int64_t cedent = 0;
  std::string currency;
  bool proportional = false;
  Date inception;
  /// Hundredths of a percent of the gross premium.
  std::int64_t commission = 0;
  std::int64_t brokerage = 0;
  std::int64_t tax = 0;
  std::vector<Layer> layers;
};

/// What a statement of account sums up: one cedent, one currency, one quarter.
using AccountKey = std::tuple<std::int64_t, std::string, Quarter>;
struct Account {
  Cents premium = 0;
  Cents losses = 0;
};

struct Book {
  /// Size in percent of the ordinary ledger, which has some 520,000 rows.
  int scale = 100;
  std::vector<std::string> currencies;
  std::vector<std::string> lines;    ///< codes of lines of business that treaties cover
  std::vector<std::string> brokers;  ///< codes
  std::int64_t territories = 0;      ///< ids are 1 to these numbers
  std::int64_t users = 0;
  std::int64_t cedents = 0;
  std::int64_t reinsurers = 0;
  std::vector<Treaty> treaties;
  std::map<AccountKey, Account> accounts;

  /// A number of rows of the ordinary ledger, at this scale; at least 1.
  int scaled(int rows) const { return rows * scale / 100 > 0 ? rows * scale / 100 : 1; }
};

// Each writes its tables into the sink; to be called in this order.
void write_market(Book& book, Sink& sink);     // currencies … reinsurers
void write_contracts(Book& book, Sink& sink);  // treaties … commissions
void write_premiums(Book& book, Sink& sink);   // premium_postings
void write_claims(Book& book, Sink& sink);     // claims … reserves
void write_accounts(Book& book, Sink& sink);   // statements_of_account, settlements
void write_archive(Book& book, Sink& sink);    // audit_log, documents

class Random;
/// A version 4 UUID.
std::string uuid(Random& random);
/// A date from `first` to `last`, both included.
Date date_between(Random& random, Date first, Date last);
/// A second of the working day, 07:00 to 19:00.
int working_second(Random& random);

}  // namespace ledger
