#include "orchestrator/alerts/evaluate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/alerts/read.h"

namespace orch::alerts {
namespace {

constexpr std::size_t most_took = 20;  // of these the median is what a run usually takes
constexpr std::size_t least_took = 5;  // fewer tell nothing
constexpr Millis least_slow{60'000};   // what is over within a minute is never slow
constexpr double recovery_margin = 1;  // percent that a disk has more free before it is well again

std::optional<Millis> median(std::vector<std::int64_t> took) {
  if (took.size() < least_took) return std::nullopt;
  const auto middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
  std::nth_element(took.begin(), middle, took.end());
  return Millis{*middle};
}

/// The rules of one subject, with what was remembered and what comes out.
class Judge {
 public:
  Judge(const Subject& subject, SubjectState state, const std::vector<Silence>& silences,
        Instant now)
      : subject_(subject), silences_(silences), now_(now), out_{std::move(state), {}} {
    if (!out_.state.known_since) out_.state.known_since = now;
    forget_removed_rules();
  }

  void hear(const RunEnd& run) {
    auto& state = out_.state;
    state.last_start = std::max(state.last_start.value_or(run.started), run.started);
    const auto usual = median(state.took_ms);
    if (run.how == RunEnd::How::failed) ++state.failures;
    if (run.how == RunEnd::How::succeeded) {
      state.failures = 0;
      state.last_success = std::max(state.last_success.value_or(run.ended), run.ended);
      state.took_ms.push_back((run.ended - run.started).count());
      if (state.took_ms.size() > most_took) state.took_ms.erase(state.took_ms.begin());
    }
    for (const auto& rule : subject_.rules) hear(rule, run, usual);
  }

  void look(const Facts& facts) {
    for (const auto& rule : subject_.rules) {
      if (rule.when == Condition::late) look_late(rule);
      if (rule.when == Condition::slow) look_slow(rule, facts);
      if (rule.when == Condition::not_started) look_started(rule, facts);
      if (rule.when == Condition::disk) look_disk(rule, facts);
      if (rule.when == Condition::store) {
        if (facts.store_trouble)
          hold(rule, *facts.store_trouble);
        else
          end(rule);
      }
    }
  }

  Evaluation tell() {
    for (const auto& rule : subject_.rules) {
      const auto found = out_.state.incidents.find(rule.name);
      if (found != out_.state.incidents.end()) tell(rule, found->second);
    }
    return std::move(out_);
  }

 private:
  void forget_removed_rules() {
    std::erase_if(out_.state.incidents, [&](const auto& incident) {
      return std::ranges::none_of(subject_.rules,
                                  [&](const Rule& rule) { return rule.name == incident.first; });
    });
  }

  void hear(const Rule& rule, const RunEnd& run, std::optional<Millis> usual) {
    const bool succeeded = run.how == RunEnd::How::succeeded;
    switch (rule.when) {
      case Condition::failed:
        if (succeeded) return end(rule);
        if (run.how == RunEnd::How::failed && out_.state.failures >= rule.times)
          begin(rule, failure_text(run), run.run);
        return;
      case Condition::drift:
        if (!run.drift.empty())
          return begin(rule, fmt::format("columns have changed: {}", fmt::join(run.drift, "; ")),
                       run.run);
        if (succeeded) end(rule);
        return;
      case Condition::warning:
        if (!succeeded) return;
        if (run.caught.empty()) return end(rule);
        return begin(rule, fmt::format("succeeded after failures: {}", fmt::join(run.caught, "; ")),
                     run.run);
      case Condition::slow:
        if (!succeeded || !usual) return;
        if (is_slow(rule, *usual, run.ended - run.started))
          begin(rule, slow_text(run.ended - run.started, *usual, "took"), run.run);
        else
          end(rule);
        return;
      default:
        return;
    }
  }

  std::string failure_text(const RunEnd& run) const {
    if (out_.state.failures < 2) return run.failure;
    return fmt::format("{} failures in a row: {}", out_.state.failures, run.failure);
  }

  static bool is_slow(const Rule& rule, Millis usual, Millis took) {
    return took > least_slow &&
           static_cast<double>(took.count()) > rule.factor * static_cast<double>(usual.count());
  }

  static std::string slow_text(Millis took, Millis usual, const char* verb) {
    return fmt::format("{} {}; usual are {}", verb, spelled(took), spelled(usual));
  }

  void look_late(const Rule& rule) {
    const auto& promise = rule.promise ? rule.promise : subject_.promise;
    if (!promise) return;
    if (const auto late =
            lateness(*promise, out_.state.last_success, *out_.state.known_since, now_))
      hold(rule, late->text);
    else
      end(rule);
  }

  void look_slow(const Rule& rule, const Facts& facts) {
    const auto usual = median(out_.state.took_ms);
    for (const auto& run : facts.under_way)
      if (usual && is_slow(rule, *usual, now_ - run.started))
        hold(rule, slow_text(now_ - run.started, *usual, "still under way after"), run.run);
  }

  void look_started(const Rule& rule, const Facts& facts) {
    auto& started = out_.state.last_start;
    for (const auto& run : facts.under_way)
      started = std::max(started.value_or(run.started), run.started);
    const MissingRun* missing = nullptr;
    for (const auto& each : facts.missing)
      if (now_ - each.fire_time > rule.patience) missing = &each;
    const bool over = missing && facts.latest_fire && *facts.latest_fire > missing->fire_time;
    if (missing && !over)
      return hold(rule, fmt::format("no run of {} (trigger {}){}{}", to_iso(missing->fire_time),
                                    missing->trigger, missing->reason.empty() ? "" : ": ",
                                    missing->reason));
    const auto from = started.value_or(*out_.state.known_since);
    if (rule.every && now_ - from > *rule.every + rule.patience)
      return hold(rule, fmt::format("no run since {}; expected every {}", to_iso(from),
                                    spelled(*rule.every)));
    end(rule);
  }

  void look_disk(const Rule& rule, const Facts& facts) {
    if (!facts.free_percent) return;
    const bool known = out_.state.incidents.contains(rule.name);
    const auto free = *facts.free_percent;
    if (free < rule.free_percent)
      hold(rule, fmt::format("{:.1f} % of the run store's disk are free; less than {:g} % are told",
                             free, rule.free_percent));
    else if (known && free > rule.free_percent + recovery_margin)
      end(rule);
  }

  /// It has happened once more.
  void begin(const Rule& rule, std::string text, std::string run) {
    auto& incident = incident_of(rule);
    ++incident.count;
    ++incident.untold;
    incident.text = std::move(text);
    incident.run = std::move(run);
  }

  /// It lasts.
  void hold(const Rule& rule, std::string text, std::string run = {}) {
    auto& incident = incident_of(rule);
    incident.count = std::max<std::int64_t>(incident.count, 1);
    incident.text = std::move(text);
    if (!run.empty()) incident.run = std::move(run);
  }

  Incident& incident_of(const Rule& rule) {
    const auto [found, made] = out_.state.incidents.try_emplace(rule.name);
    if (made) found->second.since = now_;
    return found->second;
  }

  /// What nobody was told of is told with its end, unless it is silenced; who was told of the
  /// beginning is told of the end.
  void end(const Rule& rule) {
    const auto found = out_.state.incidents.find(rule.name);
    if (found == out_.state.incidents.end()) return;
    const auto& incident = found->second;
    if (incident.told || !is_silenced(rule)) {
      if (!incident.told) add(rule, incident, Notice::Kind::firing, rule.to);
      auto to = rule.to;
      if (incident.escalated)
        to.insert(to.end(), rule.escalation->to.begin(), rule.escalation->to.end());
      add(rule, incident, Notice::Kind::recovered, std::move(to));
    }
    out_.state.incidents.erase(found);
  }

  void tell(const Rule& rule, Incident& incident) {
    if (is_silenced(rule)) return;
    const bool again =
        incident.told && rule.repeat.count() > 0 && now_ - *incident.told >= rule.repeat;
    if (!incident.told || again) {
      add(rule, incident, incident.told ? Notice::Kind::repeated : Notice::Kind::firing, rule.to);
      incident.told = now_;
      incident.untold = 0;
    }
    if (!rule.escalation || incident.escalated || now_ - incident.since < rule.escalation->after)
      return;
    incident.escalated = true;
    add(rule, incident, Notice::Kind::escalated, rule.escalation->to);
  }

  void add(const Rule& rule, const Incident& incident, Notice::Kind kind,
           std::vector<std::string> to) {
    out_.notices.push_back({kind, subject_.name, subject_.owner, rule.name, rule.when,
                            rule.severity, incident.text, incident.run, incident.since,
                            incident.count, std::move(to)});
  }

  bool is_silenced(const Rule& rule) const {
    return std::ranges::any_of(silences_, [&](const Silence& silence) {
      return now_ < silence.until && (silence.subject == "*" || silence.subject == subject_.name) &&
             (silence.rule == "*" || silence.rule == rule.name);
    });
  }

  const Subject& subject_;
  const std::vector<Silence>& silences_;
  const Instant now_;
  Evaluation out_;
};

}  // namespace

Evaluation evaluate(const Subject& subject, SubjectState state, const Facts& facts,
                    const std::vector<Silence>& silences, Instant now) {
  Judge judge(subject, std::move(state), silences, now);
  for (const auto& run : facts.ended) judge.hear(run);
  judge.look(facts);
  return judge.tell();
}

}  // namespace orch::alerts
