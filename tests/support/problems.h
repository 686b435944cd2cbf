// Comparing the problems a reader reports with those a case expects.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"

namespace orch::test {

inline std::string listed(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += problem.pointer + ": " + problem.message + "\n";
  return text;
}

/// `expected`: [[pointer, part of the message], …]; each must be found, and nothing else.
inline void expect_problems(const std::vector<Problem>& problems,
                            const boost::json::array& expected) {
  EXPECT_EQ(problems.size(), expected.size()) << listed(problems);
  for (const auto& one : expected) {
    const std::string pointer(one.at(0).as_string()), part(one.at(1).as_string());
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(),
                            [&](const Problem& problem) {
                              return problem.pointer == pointer &&
                                     problem.message.find(part) != std::string::npos;
                            }))
        << pointer << ": " << part << "\nfound:\n"
        << listed(problems);
  }
}

}  // namespace orch::test
