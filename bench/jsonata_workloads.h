// What the benchmark of the query language evaluates.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::bench {

struct Workload {
  std::string name;
  std::string expression;
  boost::json::value input;
};

/// Every kind of work that definitions do with JSONata, on inputs of a few hundred kilobytes and,
/// as most expressions of a workflow are small, on a few hundred bytes.
std::vector<Workload> jsonata_workloads();

}  // namespace orch::bench
