// What a store must do, whichever database keeps it: state machines, versions, aliases, activities,
// tags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/machines.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

Revision revision(const std::string& definition, const std::string& uuid) {
  Revision made;
  made.uuid = uuid;
  made.definition_hash = definition_hash(definition);
  made.role = "arn:role";
  made.configuration = R"({"tracing":true})";
  made.created_at = at(2'000);
  return made;
}

class MachinesExam : public Exam {
 protected:
  Machines& machines() { return beside_->machines(); }

  std::int64_t add(const std::string& name) {
    return machines().add({0, name, false, at(1'000), revision("{}", "")}, "{}");
  }
  std::vector<std::string> listed(const std::string& after, std::int64_t limit) {
    std::vector<std::string> names;
    for (const auto& row : machines().list(after, limit)) names.push_back(row.name);
    return names;
  }

  std::unique_ptr<Store> beside_ = open_beside_owner(url_);
};

TEST_P(MachinesExam, KeepsWhatAMachineIsAndWas) {
  const auto id = add("copy");
  const auto first = machines().find("copy")->revision;
  machines().update(id, revision("{ }", "u2"), "{ }");
  const auto now = machines().find("copy");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->id, id);
  EXPECT_FALSE(now->express);
  EXPECT_EQ(now->created_at, at(1'000));
  EXPECT_EQ(now->revision.uuid, "u2");
  EXPECT_EQ(now->revision.role, "arn:role");
  EXPECT_EQ(now->revision.configuration, R"({"tracing":true})");
  EXPECT_EQ(machines().revision(first.id)->definition_hash, definition_hash("{}"));
  EXPECT_EQ(store_->definition(now->revision.definition_hash), "{ }") << "the owner reads it";
  EXPECT_FALSE(machines().find("none"));
}

TEST_P(MachinesExam, ListsByNameFromAPlaceOn) {
  for (const auto* name : {"b", "a", "c"}) add(name);
  EXPECT_THAT(listed("", 10), ElementsAre("a", "b", "c"));
  EXPECT_THAT(listed("", 2), ElementsAre("a", "b"));
  EXPECT_THAT(listed("a", 10), ElementsAre("b", "c"));
}

TEST_P(MachinesExam, VersionsAreNumberedAndANumberIsNotUsedAgain) {
  const auto id = add("copy");
  const auto of = machines().find("copy")->revision;
  const auto publish = [&](const std::string& text) {
    return machines().add_version(id, {0, text, at(3'000), of});
  };
  EXPECT_EQ(publish("one"), 1);
  EXPECT_EQ(publish("two"), 2);
  machines().remove_version(id, 2);
  EXPECT_EQ(publish("three"), 3);
  std::vector<std::int64_t> numbers;
  for (const auto& each : machines().versions(id, 100, 10)) numbers.push_back(each.number);
  EXPECT_THAT(numbers, ElementsAre(3, 1)) << "newest first";
  EXPECT_EQ(machines().version(id, 3)->description, "three");
  EXPECT_FALSE(machines().version(id, 2));
}

TEST_P(MachinesExam, AnAliasIsReplacedUnderItsName) {
  const auto id = add("copy");
  machines().put_alias(id, {"live", "first", {{1, 100}}, at(1), at(1)});
  machines().put_alias(id, {"live", "second", {{1, 90}, {2, 10}}, at(1), at(2)});
  const auto alias = machines().alias(id, "live");
  ASSERT_TRUE(alias);
  EXPECT_EQ(alias->description, "second");
  EXPECT_THAT(alias->routing, ElementsAre(Pair(1, 90), Pair(2, 10)));
  EXPECT_EQ(alias->updated_at, at(2));
  EXPECT_EQ(machines().aliases(id, "", 10).size(), 1u);
  EXPECT_THAT(machines().aliases(id, "live", 10), IsEmpty());
  machines().remove_alias(id, "live");
  EXPECT_FALSE(machines().alias(id, "live"));
}

TEST_P(MachinesExam, WhatIsRemovedTakesItsTagsAlong) {
  add("copy");
  machines().add_activity({"approve", "{}", at(1)});
  for (const auto* of : {"stateMachine:copy", "activity:approve"}) {
    machines().put_tag(of, "team", "x");
    machines().put_tag(of, "cost", "7");
    machines().put_tag(of, "team", "y");
    EXPECT_THAT(machines().tags(of), ElementsAre(Pair("team", "y"), Pair("cost", "7")));
    machines().remove_tag(of, "cost");
  }
  EXPECT_EQ(machines().activities("", 10).size(), 1u);
  machines().remove("copy");
  machines().remove_activity("approve");
  EXPECT_FALSE(machines().find("copy"));
  EXPECT_FALSE(machines().activity("approve"));
  for (const auto* of : {"stateMachine:copy", "activity:approve"})
    EXPECT_THAT(machines().tags(of), IsEmpty());
  add("copy");
  EXPECT_TRUE(machines().find("copy")) << "the name is free again";
}

TEST_P(MachinesExam, ATransactionThatThrowsChangesNothing) {
  EXPECT_THROW(machines().transact([&] {
    add("copy");
    machines().add_activity({"approve", "{}", at(1)});
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_THAT(listed("", 10), IsEmpty());
  machines().transact([&] { add("copy"); });
  EXPECT_EQ(store_->machines().list("", 10).size(), 1u) << "seen by other connections";
}

TEST_P(MachinesExam, AReaderChangesNothing) {
  const auto reader = open_as_reader(url_);
  EXPECT_THROW(reader->machines().add_activity({"approve", "{}", at(1)}), Error);
  EXPECT_FALSE(machines().activity("approve"));
}

INSTANTIATE_TEST_SUITE_P(Stores, MachinesExam, ::testing::ValuesIn(implementations()), name_of);

}  // namespace
}  // namespace orch::store
