// What clients of the API may do, case by case.
#include "orchestrator/access/policy.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch::access {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Kind = Demand::Kind;

/// A project with reports, and a folder beside it with links between them.
class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    for (const char* folder : {"project/reports", "project/.git", "data/in", "elsewhere"})
      fs::create_directories(folder_ / folder);
    for (const char* file :
         {"project/catalog.json", "project/connections.json", "elsewhere/secret"})
      folder_.write(file, "x");
    fs::create_symlink(folder_ / "elsewhere", folder_ / "project/reports/out");
    fs::create_symlink(folder_ / "elsewhere/secret", folder_ / "project/link.json");
    fs::create_symlink(folder_ / "elsewhere/none", folder_ / "project/reports/dangling");
    fs::create_symlink("round", folder_ / "project/reports/round");
    fs::create_symlink(folder_ / "elsewhere", folder_ / "data/in/out");
    fs::create_symlink(folder_ / "data/in", folder_ / "elsewhere/back");
  }

  Policy policy(const std::string& word = "") const {
    return {parse_grants(word.empty() ? std::vector<std::string>() : std::vector{word}, "--allow"),
            {project() / "connections.json", folder_ / "data/runs.db", {}}};
  }
  fs::path project() const { return folder_ / "project"; }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  test::TempFolder folder_;
};

TEST_F(PolicyTest, Files) {
  struct Case {
    Kind kind;
    std::string path;
    std::string refused;  ///< empty: allowed
  };
  const Case cases[] = {
      {Kind::read, "catalog.json", ""},
      {Kind::read, "./reports/../catalog.json", ""},
      {Kind::read, at("project/catalog.json"), ""},
      {Kind::read, "not/there/yet.json", ""},
      {Kind::read, "../elsewhere/secret", "outside of the project's folder"},
      {Kind::read, "/etc/passwd", "outside of the project's folder"},
      {Kind::read, "link.json", "outside of the project's folder"},
      {Kind::read, "reports/out/secret", "outside of the project's folder"},
      {Kind::read, "reports/out/../data/in/a", "outside of the project's folder"},
      {Kind::read, "reports/dangling", "where it leads cannot be told"},
      {Kind::read, "reports/round/x", "where it leads cannot be told"},
      {Kind::read, ".git/config", "hidden"},
      {Kind::read, "connections.json", "a file of the server itself"},
      {Kind::read, "/proc/self/environ", "outside of the project's folder"},
      {Kind::write, "reports", ""},
      {Kind::write, "reports/nightly", ""},
      {Kind::write, "reports/../catalog.json", "outside of"},
      {Kind::write, "catalog.json", "outside of"},
      {Kind::write, "../../x", "outside of the project's folder"},
      {Kind::write, "reports/out/x", "outside of the project's folder"},
      {Kind::write, "reports/dangling", "where it leads cannot be told"},
      {Kind::write, "connections.json", "a file of the server itself"},
      {Kind::write, at("data/in/x"), "outside of the project's folder"},
  };
  for (const auto& [kind, path, refused] : cases) {
    const auto found = policy().refuse({kind, path, ""}, project());
    EXPECT_EQ(found.has_value(), !refused.empty()) << path << (found ? ": " + found->message : "");
    if (!found) continue;
    EXPECT_THAT(found->message, HasSubstr(refused)) << path;
    EXPECT_THAT(found->hint, HasSubstr("--allow folder:PATH")) << path;
  }
}

TEST_F(PolicyTest, GrantedFolders) {
  const auto granted = policy("folder:" + at("data/in"));
  const auto allowed = [&](Kind kind, const std::string& path) {
    return !granted.refuse({kind, path, ""}, project());
  };
  EXPECT_TRUE(allowed(Kind::write, at("data/in/x")));
  EXPECT_TRUE(allowed(Kind::read, "../data/in/x"));
  EXPECT_TRUE(allowed(Kind::read, at("elsewhere/back/x")));
  EXPECT_FALSE(allowed(Kind::write, at("data/in/out/x")));
  EXPECT_FALSE(allowed(Kind::write, at("data/x")));
  EXPECT_FALSE(allowed(Kind::write, at("data/in-beside/x")));
  EXPECT_FALSE(policy("folder:" + at("data")).refuse({Kind::read, at("data/x"), ""}, project()));
  // The store, and what SQLite keeps beside it, whatever is granted.
  EXPECT_TRUE(policy("folder:" + at("data")).refuse({Kind::read, at("data/runs.db-wal"), ""}, {}));
}

TEST_F(PolicyTest, NothingWithoutAProject) {
  const auto found = policy().refuse({Kind::read, "catalog.json", ""}, {});
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("no connections file"));
}

TEST_F(PolicyTest, Buckets) {
  const auto refused = [&](const std::string& words, const std::string& name) {
    return policy(words).refuse({Kind::bucket, name, ""}, {}).has_value();
  };
  EXPECT_FALSE(refused("", "orders"));
  EXPECT_TRUE(refused("", "file:" + at("data/in")));
  EXPECT_TRUE(refused("", "file://" + at("data/in")));
  const auto words = "folder:" + at("data/in");
  EXPECT_FALSE(refused(words, "file:" + at("data/in")));
  EXPECT_FALSE(refused(words, "file://" + at("data/in/deeper")));
  EXPECT_TRUE(refused(words, "file:" + at("data/in/../..")));
  EXPECT_TRUE(refused(words, "file:" + at("data/in/out")));
  // The store lies in it.
  EXPECT_TRUE(refused("folder:" + at("data"), "file:" + at("data")));
}

TEST_F(PolicyTest, Urls) {
  struct Case {
    const char* words;
    const char* url;
    bool allowed;
  };
  constexpr Case cases[] = {
      {"", "https://example.com/", false},
      {"", "http://169.254.169.254/latest/meta-data/", false},
      {"urls", "https://example.com/", true},
      {"urls", "http://127.0.0.1:8083/", false},
      {"urls", "http://[::1]:8083/", false},
      {"urls", "http://localhost/", false},
      {"urls", "http://10.0.0.7/", false},
      {"urls", "http://169.254.169.254/", false},
      {"urls", "http://[::ffff:169.254.169.254]/", false},
      {"private-urls", "http://127.0.0.1:9000/", true},
      {"private-urls", "http://10.0.0.7/", true},
      {"private-urls", "http://169.254.169.254/", false},
      {"private-urls", "http://[fe80::1]/", false},
      {"private-urls", "http://[fd00:ec2::254]/", false},
      {"url:https://api.example.com/v1", "https://api.example.com/v1", true},
      {"url:https://api.example.com/v1", "https://API.example.com:443/v1/x?y=1", true},
      {"url:https://api.example.com/v1", "https://api.example.com/v10", false},
      {"url:https://api.example.com/v1", "https://api.example.com/v1/../admin", false},
      {"url:https://api.example.com/v1", "https://api.example.com/v1/%2e%2e/admin", false},
      {"url:https://api.example.com/v1", "http://api.example.com/v1", false},
      {"url:https://api.example.com/v1", "https://api.example.com:8443/v1", false},
      {"url:https://api.example.com/", "https://api.example.com.evil.net/", false},
      {"url:https://api.example.com/", "https://api.example.com@evil.net/", false},
      {"url:http://127.0.0.1:9000/", "http://127.0.0.1:9000/x", true},
      {"url:http://127.0.0.1:9000/", "http://127.0.0.1:9001/x", false},
      {"urls", "file:///etc/passwd", false},
      {"urls", "gopher://example.com/", false},
      {"urls", "not a url", false},
  };
  for (const auto& [words, url, allowed] : cases) {
    const auto found = policy(words).refuse({Kind::url, url, ""}, {});
    EXPECT_EQ(!found, allowed) << words << " " << url;
    if (found) {
      EXPECT_FALSE(found->hint.empty()) << url;
    }
  }
}

// DNS answers with another address than the name lets expect.
TEST_F(PolicyTest, AddressesBehindNames) {
  struct Case {
    const char* words;
    const char* url;
    const char* address;
    bool allowed;
  };
  constexpr Case cases[] = {
      {"urls", "http://example.com/", "93.184.216.34", true},
      {"urls", "http://example.com/", "127.0.0.1", false},
      {"urls", "http://example.com/", "::ffff:10.0.0.1", false},
      {"urls", "http://example.com/", "169.254.169.254", false},
      {"urls", "http://2130706433/", "127.0.0.1", false},
      {"private-urls", "http://example.com/", "10.0.0.1", true},
      {"private-urls", "http://example.com/", "169.254.169.254", false},
      {"url:http://wiki.corp/", "http://wiki.corp/a", "10.0.0.1", true},
      {"url:http://wiki.corp/", "http://wiki.corp/a", "169.254.169.254", false},
      {"url:http://169.254.169.254/", "http://169.254.169.254/a", "169.254.169.254", true},
  };
  for (const auto& [words, url, address, allowed] : cases)
    EXPECT_EQ(!policy(words).refuse_address(url, address), allowed)
        << words << " " << url << " " << address;
}

TEST_F(PolicyTest, ProgramsAndTheRest) {
  EXPECT_TRUE(policy().refuse({Kind::program, "", ""}, project()));
  EXPECT_FALSE(policy("process").refuse({Kind::program, "", ""}, project()));
  EXPECT_FALSE(policy().refuse({Kind::url_path, "/runs/7?x=..", ""}, project()));
  EXPECT_TRUE(policy().refuse({Kind::url_path, "/../admin", ""}, project()));
  EXPECT_TRUE(policy().refuse({Kind::url_path, "a/%2E%2E/b", ""}, project()));
  EXPECT_TRUE(policy("process").refuse({Kind::unknown_work, "orch:new", ""}, project()));
}

}  // namespace
}  // namespace orch::access
