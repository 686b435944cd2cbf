// The exam of stores: what the seam promises, tried on every implementation there is. It knows
// stores by their URLs alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {

struct Implementation {
  std::string name;
  /// The URL of a store that does not exist yet; `folder` is the test's.
  std::function<std::string(const std::filesystem::path& folder)> new_url;
};

inline std::vector<Implementation> implementations() {
  return {{"sqlite", [](const std::filesystem::path& folder) {
             return "sqlite:" + (folder / "runs.db").string();
           }}};
}

inline std::string name_of(const ::testing::TestParamInfo<Implementation>& info) {
  return info.param.name;
}

class Exam : public ::testing::TestWithParam<Implementation> {
 protected:
  void reopen() {
    store_.reset();
    store_ = open_as_owner(url_, "test");
  }

  test::TempFolder folder_;
  std::string url_ = GetParam().new_url(folder_ / "");
  std::unique_ptr<Store> store_ = open_as_owner(url_, "test");
};

}  // namespace orch::store
