#include "bench/bomb_cases.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "bench/definitions.h"
#include "bench/rig.h"

namespace orch::bench {
namespace {

constexpr int at_once = 2;

std::string pass(const std::string& output) {
  return fmt::format(
      R"({{"QueryLanguage":"JSONata","StartAt":"A","States":{{"A":{{"Type":"Pass","End":true,)"
      R"("Output":"{{% {} %}}"}}}}}})",
      output);
}

/// `states` Pass states that each take a part of a large input and put it back.
std::string copies(int states) {
  std::string text;
  for (int i = 1; i <= states; ++i)
    text += fmt::format(R"({}"S{}":{{"Type":"Pass","InputPath":"$.a","ResultPath":"$.b",{}}})",
                        i == 1 ? "" : ",", i,
                        i < states ? fmt::format(R"("Next":"S{}")", i + 1) : R"("End":true)");
  return fmt::format(R"({{"StartAt":"S1","States":{{{}}}}})", text);
}

/// {"a":[…]} of a megabyte.
std::string large_input() {
  std::string text = R"({"a":[0)";
  for (int i = 1; i < 20'000; ++i)
    text += fmt::format(R"(,{{"id":{},"name":"number {}","tags":["a","b"]}})", i, i);
  return text + "]}";
}

std::string inline_map() {
  return R"({"StartAt":"All","States":{"All":{"Type":"Map","End":true,"ResultPath":null,
    "ItemProcessor":{"StartAt":"One","States":{"One":{"Type":"Pass","End":true}}}}}})";
}

std::string many_items() {
  std::string items = "[0";
  for (int i = 1; i < 1'000'000; ++i) items += fmt::format(",{}", i);
  return items + "]";
}

std::string nothing() { return "{}"; }

/// Milliseconds of each of `rounds` simple executions.
std::vector<double> times_of(Rig& rig, int rounds) {
  const auto definition = task_chain(1);
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    times.push_back(rig.run(definition, "{}") * 1'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::sort(times.begin(), times.end());
  return times;
}

double at(const std::vector<double>& times, std::size_t percent) {
  return times[std::min(times.size() - 1, times.size() * percent / 100)];
}

/// Keeps bombs under way until it is destroyed.
class Bombing {
 public:
  Bombing(Rig& rig, const Bomb& bomb) {
    for (int i = 0; i < at_once; ++i)
      threads_.emplace_back([this, &rig, &bomb, input = bomb.input()] {
        while (!over_) {
          const auto run = rig.engine().submit({"", "bomb", bomb.definition, input, ""});
          {
            const std::scoped_lock lock(mutex_);
            under_way_.push_back(run.run_id);
          }
          rig.engine().wait(run.run_id);
          ++ended_;
        }
      });
  }
  ~Bombing() { end(nullptr); }

  /// How many have ended by themselves; the rest is stopped.
  int end(Rig* rig) {
    const int ended = ended_;
    over_ = true;
    if (rig) stop(*rig);
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
    return ended;
  }

 private:
  void stop(Rig& rig) {
    const std::scoped_lock lock(mutex_);
    for (const auto& run : under_way_) {
      try {
        rig.engine().stop(run, "", "");
      } catch (const std::exception&) {
        // It has ended.
      }
    }
  }

  std::atomic<bool> over_ = false;
  std::atomic<int> ended_ = 0;
  std::mutex mutex_;
  std::vector<std::string> under_way_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::vector<Bomb> bombs() {
  return {
      {"a range beyond the limit", pass("$count([1..10000000])"), nothing},
      {"long evaluations", pass("$sum([1..400000].($ * 2 + $ % 7))"), nothing},
      {"nested ranges", pass("$count([1..2000].([1..2000].($ * 2)))"), nothing},
      {"doubling arrays", pass("$reduce([1..40], function($a, $b) { $append($a, $a) }, [1])"),
       nothing},
      {"inline map of 1,000,000", inline_map(), many_items},
      {"large payloads", copies(20), large_input},
  };
}

Figures beside_bombs(const std::filesystem::path& folder, const Bomb& bomb, int rounds) {
  Rig rig(folder);
  times_of(rig, 20);  // pages and threads are there
  const auto alone = times_of(rig, rounds);
  Bombing bombing(rig, bomb);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto beside = times_of(rig, rounds);
  const auto ended = bombing.end(&rig);
  return {{"alone_p99_ms", at(alone, 99)},
          {"p50_ms", at(beside, 50)},
          {"p99_ms", at(beside, 99)},
          {"longest_ms", beside.back()},
          {"ended", ended}};
}

}  // namespace orch::bench
