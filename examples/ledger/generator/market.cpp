// Who and what there is: currencies, territories, lines of business, periods, exchange rates,
// users, brokers, cedents and reinsurers.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "examples/ledger/generator/book.h"
#include "examples/ledger/generator/random.h"

namespace ledger {
namespace {

using Text = std::string;

struct Currency {
  std::string_view code, name, symbol;
  std::int64_t minor_units;
  std::int64_t rate;  ///< units for one EUR at the opening day, in 1/100,000,000
};

constexpr std::int64_t one = 100'000'000;
constexpr std::array<Currency, 20> currency_list{{
    {"EUR", "Euro", "€", 2, one},
    {"USD", "US dollar", "$", 2, 114 * one / 100},
    {"GBP", "Pound sterling", "£", 2, 90 * one / 100},
    {"CHF", "Swiss franc", "", 2, 113 * one / 100},
    {"JPY", "Japanese yen", "¥", 0, 12560 * one / 100},
    {"AUD", "Australian dollar", "A$", 2, 162 * one / 100},
    {"CAD", "Canadian dollar", "C$", 2, 156 * one / 100},
    {"NZD", "New Zealand dollar", "NZ$", 2, 170 * one / 100},
    {"SEK", "Swedish krona", "kr", 2, 1025 * one / 100},
    {"NOK", "Norwegian krone", "kr", 2, 995 * one / 100},
    {"DKK", "Danish krone", "kr.", 2, 747 * one / 100},
    {"PLN", "Polish złoty", "zł", 2, 430 * one / 100},
    {"CZK", "Czech koruna", "Kč", 2, 2570 * one / 100},
    {"TRY", "Turkish lira", "₺", 2, 605 * one / 100},
    {"INR", "Indian rupee", "₹", 2, 7970 * one / 100},
    {"KRW", "South Korean won", "₩", 0, 127800 * one / 100},
    {"MXN", "Mexican peso", "Mex$", 2, 2250 * one / 100},
    {"BRL", "Brazilian real", "R$", 2, 444 * one / 100},
    {"ZAR", "South African rand", "R", 2, 1645 * one / 100},
    {"BHD", "Bahraini dinar", "", 3, 43 * one / 100},
}};

void write_currencies(Book& book, Sink& sink) {
  sink.begin("currencies");
  for (const auto& c : currency_list) {
    book.currencies.emplace_back(c.code);
    sink.row(std::array<Value, 5>{Text(c.code), Text(c.name),
                                  optional(!c.symbol.empty(), Text(c.symbol)), c.minor_units,
                                  Boolean{c.code != "BHD"}});
  }
  sink.end();
}

struct Territory {
  std::string_view region, code, name, local_name;
};

constexpr std::array<std::string_view, 6> regions{"Europe", "North America", "Latin America",
                                                  "Asia",   "Oceania",       "Africa"};
constexpr std::array<Territory, 30> countries{{
    {"Europe", "DE", "Germany", "Deutschland"},
    {"Europe", "AT", "Austria", "Österreich"},
    {"Europe", "CH", "Switzerland", "Schweiz / Suisse / Svizzera"},
    {"Europe", "FR", "France", ""},
    {"Europe", "GB", "United Kingdom", ""},
    {"Europe", "IT", "Italy", "Italia"},
    {"Europe", "ES", "Spain", "España"},
    {"Europe", "PL", "Poland", "Polska"},
    {"Europe", "CZ", "Czechia", "Česko"},
    {"Europe", "GR", "Greece", "Ελλάδα"},
    {"Europe", "SE", "Sweden", "Sverige"},
    {"Europe", "NO", "Norway", "Norge"},
    {"Europe", "TR", "Türkiye", "Türkiye"},
    {"North America", "US", "United States", ""},
    {"North America", "CA", "Canada", ""},
    {"Latin America", "MX", "Mexico", "México"},
    {"Latin America", "BR", "Brazil", "Brasil"},
    {"Latin America", "CL", "Chile", ""},
    {"Latin America", "PE", "Peru", "Perú"},
    {"Asia", "JP", "Japan", "日本"},
    {"Asia", "KR", "South Korea", "대한민국"},
    {"Asia", "IN", "India", "भारत"},
    {"Asia", "TH", "Thailand", "ประเทศไทย"},
    {"Asia", "IL", "Israel", "ישראל"},
    {"Asia", "BH", "Bahrain", "البحرين"},
    {"Oceania", "AU", "Australia", ""},
    {"Oceania", "NZ", "New Zealand", "Aotearoa"},
    {"Africa", "ZA", "South Africa", ""},
    {"Africa", "CI", "Côte d'Ivoire", "Côte d'Ivoire"},
    {"Africa", "MA", "Morocco", "المغرب"},
}};

/// World, regions, countries and the rating zones of each country.
void write_territories(Book& book, Sink& sink) {
  Random random("territories");
  sink.begin("territories");
  std::int64_t id = 0;
  const auto add = [&](Value parent, Text code, Text name, Value local) {
    sink.row(std::array<Value, 5>{++id, std::move(parent), std::move(code), std::move(name),
                                  std::move(local)});
    return id;
  };
  const auto world = add(Null{}, "WORLD", "World", Null{});
  for (const auto region : regions) {
    const auto parent = add(world, fmt::format("R{}", id), Text(region), Null{});
    for (const auto& country : countries) {
      if (country.region != region) continue;
      const auto land = add(parent, Text(country.code), Text(country.name),
                            optional(!country.local_name.empty(), Text(country.local_name)));
      for (int zone = random.between(1, 8); zone > 0; --zone) {
        add(land, fmt::format("{}-{:02}", country.code, zone),
            fmt::format("{}, zone {}", country.name, zone), Null{});
      }
    }
  }
  sink.end();
  book.territories = id;
}

struct Line {
  std::string_view parent, code, name;
  bool short_tail;
};

constexpr std::array<Line, 22> line_list{{
    {"", "PROP", "Property", true},
    {"", "CAS", "Casualty", false},
    {"", "SPEC", "Specialty", false},
    {"", "LIFE", "Life and health", false},
    {"PROP", "FIRE", "Fire", true},
    {"PROP", "NATCAT", "Natural catastrophe", true},
    {"PROP", "ENG", "Engineering", false},
    {"PROP", "HOME", "Homeowners", true},
    {"PROP", "CROP", "Crop and hail", true},
    {"CAS", "MTPL", "Motor third party liability", false},
    {"CAS", "GTPL", "General third party liability", false},
    {"CAS", "PI", "Professional indemnity", false},
    {"CAS", "WC", "Workers' compensation", false},
    {"CAS", "DNO", "Directors \"&\" officers", false},
    {"SPEC", "MAR", "Marine cargo and hull", true},
    {"SPEC", "AVI", "Aviation", true},
    {"SPEC", "CRED", "Credit and surety", false},
    {"SPEC", "CYB", "Cyber", true},
    {"SPEC", "TERR", "Terrorism", true},
    {"LIFE", "MORT", "Mortality", false},
    {"LIFE", "DIS", "Disability", false},
    {"LIFE", "MED", "Medical", true},
}};

/// The guidelines hold what breaks careless exporters: tabs, newlines, backslashes, quotes, `\N`.
void write_lines(Book& book, Sink& sink) {
  sink.begin("lines_of_business");
  for (const auto& line : line_list) {
    if (!line.parent.empty()) book.lines.emplace_back(line.code);
    const auto guideline =
        fmt::format("Scope:\t{}\r\nSee \\\\files\\underwriting\\{};\n\"n/a\" is not \\N, nor is ''",
                    line.name, line.code);
    sink.row(std::array<Value, 5>{
        Text(line.code), optional(!line.parent.empty(), Text(line.parent)), Text(line.name),
        Boolean{line.short_tail}, optional(!line.parent.empty(), guideline)});
  }
  sink.end();
}

void write_periods(Sink& sink) {
  sink.begin("periods");
  for (int year = 2018; year <= 2027; ++year) {
    for (int quarter = 1; quarter <= 4; ++quarter) {
      const Quarter period{year, quarter};
      const auto last = start_of(period, 1) - std::chrono::days{1};
      const auto closed = last + std::chrono::days{12};
      sink.row(std::array<Value, 5>{
          std::int64_t{year}, std::int64_t{quarter}, to_text(start_of(period)), to_text(last),
          optional(closed <= closing_day, to_text(closed, 18 * 3600 + 30 * 60))});
    }
  }
  sink.end();
}

/// Daily rates: a walk of at most 0.6 percent a day that leans back to where it began.
void write_rates(const Book& book, Sink& sink) {
  Random random("fx_rates");
  sink.begin("fx_rates");
  const auto first = closing_day - (closing_day - opening_day) * std::min(book.scale, 100) / 100;
  for (const auto& currency : currency_list) {
    auto rate = currency.rate;
    for (auto day = first; day <= closing_day; day += std::chrono::days{1}) {
      sink.row(std::array<Value, 4>{Text(currency.code), to_text(day), Decimal{rate, 8},
                                    Text(random.percent(3) ? "manual" : "ECB")});
      if (currency.code == "EUR") continue;
      const auto lean = (currency.rate - rate) / 500;
      rate += rate / 10'000 * random.between(-60, 60) + lean;
    }
  }
  sink.end();
}

constexpr std::array<std::string_view, 24> first_names{
    "Anna",    "Björn",  "Chiara", "Dmitri", "Élodie", "Fatima",   "Göran",   "Hélène",
    "Ivo",     "Jürgen", "Kaito",  "Łukasz", "María",  "Niamh",    "Ömer",    "Priya",
    "Quentin", "Rosa",   "Søren",  "Tomáš",  "Ulrike", "Veronika", "William", "Zoë"};
constexpr std::array<std::string_view, 20> last_names{
    "Almeida", "Brandt",       "Çelik",      "D'Angelo",      "Eriksen",   "Fischer", "García",
    "Haug",    "Ivanov",       "Jónsdóttir", "Kowalski",      "Lindqvist", "Müller",  "Nakamura",
    "O'Neill", "Papadopoulos", "Rossi",      "Schmid-Keller", "Tanaka",    "Wójcik"};

void write_users(Book& book, Sink& sink) {
  Random random("users");
  constexpr std::array<std::string_view, 5> departments{"Underwriting", "Claims", "Accounting",
                                                        "Actuarial", "Retrocession"};
  sink.begin("users");
  for (std::int64_t id = 1; id <= 64; ++id) {
    const Text first(random.pick(first_names));
    const bool active = !random.percent(12);
    const auto seen = date_between(random, closing_day - std::chrono::days{90}, closing_day);
    sink.row(std::array<Value, 7>{
        id, fmt::format("u{:04}", id), fmt::format("{} {}", first, random.pick(last_names)),
        optional(id > 1, id <= 6 ? std::int64_t{1} : random.between(2, 6)),
        Text(random.pick(departments)), Boolean{active},
        optional(active, to_text(seen, working_second(random)))});
  }
  sink.end();
  book.users = 64;
}

constexpr std::array<std::string_view, 16> stems{
    "Alpine",    "Baltic",         "Cordillera", "Danube", "Evergreen", "Fjord",
    "Goldküste", "Hanseatic",      "Iberia",     "Jade",   "Kiwi",      "Lusitania",
    "Meridian",  "Northern Light", "Øresund",    "Pacific"};

void write_brokers(Book& book, Sink& sink) {
  Random random("brokers");
  sink.begin("brokers");
  for (int number = 1; number <= 80; ++number) {
    book.brokers.push_back(fmt::format("BRK-{:04}", number));
    sink.row(std::array<Value, 4>{
        book.brokers.back(), fmt::format("{} Re Brokers {}", random.pick(stems), number),
        random.between(std::int64_t{1}, book.territories), Decimal{random.between(50, 1500), 2}});
  }
  sink.end();
}

Value rating(Random& random) {
  constexpr std::array<std::string_view, 7> ratings{"AA+", "AA", "AA-", "A+", "A", "A-", "BBB+"};
  const Text grade(random.pick(ratings));
  return optional(!random.percent(15), grade);
}

void write_cedents(Book& book, Sink& sink) {
  Random random("cedents");
  constexpr std::array<std::string_view, 6> forms{"Versicherung AG", "Assurances SA",
                                                  "Insurance plc",   "Seguros S.A.",
                                                  "保険株式会社",    "Mutual"};
  book.cedents = book.scaled(420);
  sink.begin("cedents");
  for (std::int64_t id = 1; id <= book.cedents; ++id) {
    const Text stem(random.pick(stems));
    const auto phone = fmt::format("+44 20 {:07}", random.between(0, 9'999'999));
    sink.row(std::array<Value, 10>{
        id, fmt::format("{} {}", stem, random.pick(forms)),
        fmt::format("5299{:014}{:02}", random.between(0, 999'999'999), id % 97),
        random.between(std::int64_t{1}, book.territories), rating(random),
        optional(!random.percent(20), fmt::format("treaty{}@cedent.example", id)),
        optional(!random.percent(40), phone), Boolean{!random.percent(8)},
        to_text(date_between(random, opening_day - std::chrono::days{7000}, opening_day)),
        optional(random.percent(10), Text("Accounts by post only.\nAsk for \"Ms Brandt\"."))});
  }
  sink.end();
}

void write_reinsurers(Book& book, Sink& sink) {
  Random random("reinsurers");
  book.reinsurers = 140;
  sink.begin("reinsurers");
  for (std::int64_t id = 1; id <= book.reinsurers; ++id) {
    sink.row(std::array<Value, 5>{
        id, fmt::format("{} Rück {}", random.pick(stems), id),
        random.between(std::int64_t{1}, book.territories), rating(random),
        money(random.between(std::int64_t{1}, std::int64_t{900}) * 100'000'000)});
  }
  sink.end();
}

}  // namespace

void write_market(Book& book, Sink& sink) {
  write_currencies(book, sink);
  write_territories(book, sink);
  write_lines(book, sink);
  write_periods(sink);
  write_rates(book, sink);
  write_users(book, sink);
  write_brokers(book, sink);
  write_cedents(book, sink);
  write_reinsurers(book, sink);
}

}  // namespace ledger
