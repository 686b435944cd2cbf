// The times of several ways of doing the same, judged against each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

namespace orch::bench {

/// One way of moving a table.
struct Way {
  std::string name;
  std::int64_t rows = 0;
  std::string against;  ///< the way it is compared with; may be itself
  double aim = 0;       ///< times as fast as that; 0: none
};

/// Times of ways, in the order in which they were first seen. A ratio compares two ways of the same
/// round, so that what else the machine does hits both.
class Board {
 public:
  void note(const Way& way, double seconds);
  std::string table() const;
  boost::json::array json() const;

 private:
  struct Entry {
    Way way;
    std::vector<double> seconds;  ///< one a round
  };
  double times_as_fast(const Entry& entry) const;
  const Entry& find(const std::string& name) const;

  std::vector<Entry> entries_;
};

}  // namespace orch::bench
