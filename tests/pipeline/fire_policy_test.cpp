// Every rule of overlap, pause and catch-up: what is under way and what comes, to one verdict for
// each.
//
// A case is written in words. Candidates: "a" comes now, "qa" waits already, "ma" somebody asks
// for, "ka" is kept where the pipeline is paused, "la" comes too late. Verdicts: + starts, ~ waits,
// - is skipped, ! is missed.
#include "orchestrator/pipeline/fire_policy.h"

#include <chrono>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orch::pipeline {
namespace {

using ::testing::HasSubstr;

struct Case {
  Overlap overlap;
  const char* under_way;
  bool paused;
  const char* candidates;
  const char* verdicts;
  bool cancel = false;
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> found;
  for (std::string word; in >> word;) found.push_back(word);
  return found;
}

Candidate candidate(const std::string& word) {
  Candidate made{word};
  made.catch_up = std::chrono::hours(1);
  made.waiting = word.starts_with('q');
  made.kept = word.starts_with('k');
  made.asked = word.starts_with('m');
  made.late = word.starts_with('l') ? std::chrono::hours(30) : Millis{0};
  return made;
}

std::string sign(Verdict verdict) {
  constexpr const char* signs[] = {"+", "~", "-", "!"};
  return signs[static_cast<int>(verdict)];
}

TEST(FirePolicy, DecidesEachFireOnce) {
  using enum Overlap;
  constexpr Case cases[] = {
      {skip, "", false, "a", "+"},
      {skip, "", false, "a b c", "- - +"},
      {skip, "r", false, "a b", "- -"},
      {skip, "r", false, "qa b", "~ -"},
      {skip, "", false, "qa b", "- +"},
      {skip, "r", false, "qa", "~"},
      {skip, "", false, "la b", "! +"},
      {skip, "", false, "la", "!"},
      {skip, "", true, "a", "-"},
      {skip, "", true, "ma", "+"},
      {skip, "r", true, "ma", "-"},
      {skip, "", true, "ka a kb", "~ - ~"},
      {skip, "r", false, "ka", "-"},
      {allow, "", true, "ka", "~"},
      {queue_one, "", false, "a", "+"},
      {queue_one, "", false, "a b c", "- - +"},
      {queue_one, "r", false, "a", "~"},
      {queue_one, "r", false, "a b", "- ~"},
      {queue_one, "r", false, "qa b", "- ~"},
      {queue_one, "", false, "qa", "+"},
      {queue_one, "r", true, "qa b", "~ -"},
      {queue_one, "", true, "qa", "~"},
      {queue_all, "", false, "a b c", "+ ~ ~"},
      {queue_all, "r", false, "a b", "~ ~"},
      {queue_all, "", false, "qa qb c", "+ ~ ~"},
      {queue_all, "r", false, "qa b", "~ ~"},
      {queue_all, "", true, "qa b", "~ -"},
      {queue_all, "", true, "qa mb", "~ +"},
      {cancel_running, "", false, "a", "+"},
      {cancel_running, "r", false, "a", "~", true},
      {cancel_running, "r", false, "a b", "- ~", true},
      {cancel_running, "r", false, "qa", "~", true},
      {cancel_running, "", false, "qa", "+"},
      {cancel_running, "r", true, "a", "-"},
      {cancel_running, "r", false, "la", "!"},
      {allow, "r", false, "a b", "+ +"},
      {allow, "", false, "qa lb c", "+ ! +"},
      {allow, "r", true, "a mb", "- +"},
      {allow, "", false, "", ""},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(to_string(each.overlap)) + " [" + each.under_way + "] " +
                 each.candidates);
    Situation situation{each.overlap, each.paused ? "paused by ada" : "", words(each.under_way)};
    std::vector<Candidate> candidates;
    for (const auto& word : words(each.candidates)) candidates.push_back(candidate(word));
    const auto decided = decide(situation, candidates);
    std::string verdicts;
    ASSERT_EQ(decided.fires.size(), candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const auto& made = decided.fires[i];
      verdicts += (i > 0 ? " " : "") + sign(made.verdict);
      const bool has_reason = made.verdict != Verdict::start &&
                              (made.verdict != Verdict::queue || !candidates[i].waiting);
      EXPECT_EQ(!made.reason.empty(), has_reason) << candidates[i].name << ": " << made.reason;
    }
    EXPECT_EQ(verdicts, each.verdicts);
    EXPECT_EQ(decided.cancel, each.cancel);
  }
}

TEST(FirePolicy, SaysWhy) {
  const auto reason = [](Overlap overlap, const std::string& under_way, bool paused,
                         const std::string& text) {
    std::vector<Candidate> candidates;
    for (const auto& word : words(text)) candidates.push_back(candidate(word));
    return decide({overlap, paused ? "paused by ada: migration" : "", words(under_way)}, candidates)
        .fires[0]
        .reason;
  };
  EXPECT_EQ(reason(Overlap::skip, "r1", false, "a"), "run r1 is under way");
  EXPECT_EQ(reason(Overlap::skip, "r1 r2 r3", false, "a"), "run r1 and 2 more are under way");
  EXPECT_EQ(reason(Overlap::skip, "", true, "a"), "paused by ada: migration");
  EXPECT_EQ(reason(Overlap::skip, "", false, "a b"), "b is later and takes its place");
  EXPECT_EQ(reason(Overlap::queue_one, "r1", false, "a"), "run r1 is under way");
  EXPECT_EQ(reason(Overlap::skip, "", false, "l"),
            "it was decided 30 hours late, and the catch-up window is 60 minutes");
}

}  // namespace
}  // namespace orch::pipeline
