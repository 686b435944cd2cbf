#include "bench/jsonata_workloads.h"

#include <fmt/format.h>

namespace orch::bench {
namespace {

namespace bj = boost::json;

/// `count` orders of three items each; the same ones every time.
bj::value orders(int count) {
  bj::array all;
  std::uint32_t random = 1;
  const auto pick = [&random](std::uint32_t below) {
    random = random * 1'664'525 + 1'013'904'223;
    return static_cast<int>((random >> 8) % below);
  };
  for (int i = 0; i < count; ++i) {
    bj::array items;
    for (int j = 0; j < 3; ++j)
      items.push_back({{"sku", fmt::format("SKU-{:04}", pick(500))},
                       {"price", pick(10'000) / 100.0},
                       {"quantity", pick(9) + 1},
                       {"note", fmt::format("Item {} of order {}, colour {}", j, i, pick(12))}});
    all.push_back({{"id", i},
                   {"customer", fmt::format("customer{}", pick(50))},
                   {"region", pick(2) == 0 ? "north" : "south"},
                   {"at", fmt::format("2024-{:02}-{:02}T12:00:00Z", pick(12) + 1, pick(28) + 1)},
                   {"items", std::move(items)}});
  }
  return {{"orders", std::move(all)}};
}

}  // namespace

std::vector<Workload> jsonata_workloads() {
  const auto large = orders(1'000);
  const auto small = orders(2);
  return {
      {"constant", "1 + 2 * 3", nullptr},
      {"small path", "orders[0].items.price", small},
      {"small object", "{\"n\": $count(orders), \"first\": orders[0].customer & \"!\"}", small},
      {"path", "orders.items.price", large},
      {"wildcard", "orders.items.*", large},
      {"descendants", "$count(**.sku)", large},
      {"filter by value", "orders[region = \"north\"].id", large},
      {"filter of items", "orders.items[price > 50 and quantity < 3].sku", large},
      {"sum of products", "$sum(orders.items.(price * quantity))", large},
      {"objects", "orders.{\"id\": id, \"total\": $sum(items.(price * quantity))}", large},
      {"map", "$map(orders, function($o) { $o.customer })", large},
      {"map with index", "$map(orders, function($o, $i) { $o.id + $i })", large},
      {"filter function", "$filter(orders, function($o) { $count($o.items) > 2 })", large},
      {"reduce", "$reduce(orders.items.price, function($a, $b) { $a + $b })", large},
      {"sort", "$sort(orders.items.price)", large},
      {"sort function", "$sort(orders, function($a, $b) { $a.customer > $b.customer }).id", large},
      {"order by", "orders^(customer, >id).id", large},
      {"group by", "orders{customer: $count(id)}", large},
      {"distinct", "$distinct(orders.customer)", large},
      {"join of text", "$join(orders.(customer & \"/\" & region), \",\")", large},
      {"text functions", "orders.$uppercase($substringBefore(customer, \"mer\"))", large},
      {"regex replace", "orders.items.$replace(note, /(\\d+) of/, \"<$1>\")", large},
      {"regex filter", "orders.items[note ~> /colour [37]$/].sku", large},
      {"split", "orders.$split(at, \"-\")[1]", large},
      {"dates", "orders.$toMillis(at)", large},
      {"date pictures", "orders.$fromMillis(id * 86400000, \"[D1o] [MNn] [Y0001]\")", large},
      {"number pictures", "orders.items.$formatNumber(price, \"#,##0.00\")", large},
      {"parents", "orders.items.{\"sku\": sku, \"order\": %.id}", large},
      {"tuples", "orders@$o.$o.items[quantity > 8].{\"o\": $o.id, \"i\": sku}", large},
      {"transform", "$ ~> |orders|{\"total\": $sum(items.price)}, \"at\"|", large},
      {"to text", "$string(orders)", large},
      {"range", "$sum([1..10000].($ * 2))", nullptr},
      {"recursion", "($f := function($n) { $n < 2 ? $n : $f($n - 1) + $f($n - 2) }; $f(16))",
       nullptr},
      {"tail calls", "($f := function($n, $s) { $n = 0 ? $s : $f($n - 1, $s + $n) }; $f(5000, 0))",
       nullptr},
      {"closures", "($add := function($x) { function($y) { $x + $y } }; $map([1..1000], $add(5)))",
       nullptr},
      {"composition", "($f := $trim ~> $uppercase; orders.$f(customer))", large},
  };
}

}  // namespace orch::bench
