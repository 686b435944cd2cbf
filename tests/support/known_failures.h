// Cases of an exam that are known to fail: kept in one file, and held to it.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"

namespace orch::test {

/// The file is an array of {"case", "target", "reason"}, a line each.
class KnownFailures {
 public:
  /// `file` relative to tests/.
  explicit KnownFailures(const std::string& file) : file_(file) {
    for (const auto& line : cases_in("../" + file))
      lines_.insert(key(std::string(line.at("case").as_string()),
                        std::string(line.at("target").as_string())));
  }

  /// Fails the running test when `problems` are not what the file says of the case: a known failure
  /// must fail, everything else must not.
  void judge(const std::string& name, const std::string& target,
             const std::vector<std::string>& problems) {
    const bool known = lines_.contains(key(name, target));
    if (known && problems.empty())
      ADD_FAILURE() << name << " passes on " << target << ": remove its line from tests/" << file_;
    if (!known && !problems.empty()) ADD_FAILURE() << fmt::format("{}", fmt::join(problems, "\n"));
    if (known && !problems.empty())
      ::testing::Test::RecordProperty("known_failure", problems.front());
  }

  /// Fails the running test for a line that names none of `names` (each "case on target").
  void expect_only(const std::set<std::string>& names) const {
    for (const auto& line : lines_)
      EXPECT_TRUE(names.contains(line)) << "tests/" << file_ << " names no case: " << line;
  }

  static std::string key(const std::string& name, const std::string& target) {
    return name + " on " + target;
  }

 private:
  std::string file_;
  std::set<std::string> lines_;
};

}  // namespace orch::test
