#include "workers/publishing/group.h"

#include <algorithm>
#include <deque>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/data/plan_json.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/proof.h"
#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

struct Member {
  data::LoadPlan plan;
  StagedLoad staged;
  TableFacts target;
  const RowStrategy* strategy = nullptr;
  std::unique_ptr<RowMerge> merge = {};  ///< refers to what is above
  std::int64_t before = 0;               ///< rows that earlier loads left; not of a replace
  Changes changes = {};
  data::Published published = {};
};

class Group {
 public:
  Group(Session& session, const data::LoadPlan& plan, const data::LoadId& load,
        const boost::json::object& detail)
      : session_(session), plan_(plan), load_(load), detail_(detail) {}

  std::optional<data::Published> run() {
    Transaction transaction(session_);
    hold_fence(session_, plan_.request.target, load_);
    links_ = session_.links();
    gather();
    if (members_.size() < 2) return std::nullopt;
    write_rows();
    for (auto& member : members_) finish(member);
    fault::point("merge.before_commit");
    transaction.commit();
    fault::point("merge.after_commit");
    for (const auto& member : members_)
      if (!is_own(member.plan.request.target))
        session_.clear_up(member.plan.request.target, member.staged.record.load);
    return own().published;
  }

 private:
  bool is_own(const data::TableName& table) const {
    return session_.dialect().qualified(table) ==
           session_.dialect().qualified(plan_.request.target);
  }
  Member& own() {
    return *std::find_if(members_.begin(), members_.end(),
                         [&](const Member& member) { return is_own(member.plan.request.target); });
  }

  /// Every table within reach of the links that has a load to publish, parents first.
  void gather() {
    add(plan_.request.target);
    for (std::size_t next = 0; next < members_.size(); ++next)
      for (const auto& link : links_) {
        const auto here = members_[next].plan.request.target;
        if (link.child == here) add(link.parent);
        if (link.parent == here) add(link.child);
      }
    sort();
  }

  void add(const data::TableName& table) {
    for (const auto& member : members_)
      if (member.plan.request.target == table) return;
    const auto staged = read_load(session_, table);
    if (!staged || !staged->record.verified || !staged->unchanged_since.empty()) return;
    if (!is_own(table) && !is_free(session_, table)) return;
    auto target = session_.facts(table);
    auto plan = plan_of(staged->record, target);
    if (!target || !plan) return;
    // Appends, and files that are loaded once, are guarded by what their own publish knows.
    if (!data::facts_of(plan->request.strategy).takes_again) return;
    if (data::files_in(staged->record.position) && !is_own(table)) return;
    const auto& strategy = strategy_of(plan->request.strategy);
    members_.push_back({*std::move(plan), *staged, *std::move(target), &strategy});
  }

  /// The plan of a staged load, if one can be carried out on the table as it is.
  std::optional<data::LoadPlan> plan_of(const data::LoadRecord& record,
                                        const std::optional<TableFacts>& target) {
    auto plan = data::plan_in(record.position, record.fingerprint);
    if (plan && target && plan->target_state == target->state) return plan;
    const auto request = data::request_in(record.position);
    if (!request) return std::nullopt;
    plan = session_.plan(*request);
    if (plan->fingerprint != record.fingerprint) return std::nullopt;
    return plan;
  }

  bool refers(const Member& child, const Member& parent) const {
    return std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
      return link.child == child.plan.request.target && link.parent == parent.plan.request.target;
    });
  }

  /// Of tables that refer to each other in a circle, the order is theirs.
  void sort() {
    std::deque<Member> sorted;
    while (!members_.empty()) {
      auto next = std::find_if(members_.begin(), members_.end(), [&](const Member& member) {
        return std::none_of(members_.begin(), members_.end(),
                            [&](const Member& other) { return refers(member, other); });
      });
      if (next == members_.end()) next = members_.begin();
      sorted.push_back(std::move(*next));
      members_.erase(next);
    }
    members_ = std::move(sorted);
  }

  void write_rows() {
    for (auto& member : members_) {
      member.merge = std::make_unique<RowMerge>(session_, member.plan, member.target,
                                                member.staged.staging, false);
      if (!data::facts_of(member.plan.request.strategy).whole_table)
        member.before = rows_left(session_, member.plan.request.target, member.target);
      member.changes = member.strategy->add(*member.merge);
    }
    for (auto member = members_.rbegin(); member != members_.rend(); ++member)
      member->strategy->remove(*member->merge, member->changes);
  }

  void finish(Member& member) {
    const auto& changes = member.changes;
    session_.after_rows(member.plan, member.target, changes.deleted + changes.updated > 0);
    auto& published = member.published;
    published.method = changes.method;
    published.inserted = changes.inserted;
    published.updated = changes.updated;
    published.deleted = changes.deleted;
    published.proof = prove(*member.merge, changes, member.staged.record.digest);
    published.rows = data::facts_of(member.plan.request.strategy).whole_table
                         ? number(session_, "SELECT count(*) FROM " + member.target.rows)
                         : member.before + changes.inserted - changes.deleted;
    session_.drop_staging(member.staged.staging);
    auto record = member.staged.record;
    auto detail = detail_;
    if (is_own(member.plan.request.target)) {
      record.load = load_;
    } else {
      detail["key"] = member.plan.request.key;
      detail["published_with"] = load_.id;
    }
    write_evidence(session_, member.plan, record, published, detail);
    remove_load(session_, member.plan.request.target);
  }

  Session& session_;
  const data::LoadPlan& plan_;
  const data::LoadId& load_;
  const boost::json::object& detail_;
  std::vector<Link> links_;
  std::deque<Member> members_;  // which stay where they are
};

}  // namespace

std::optional<data::Published> publish_linked(Session& session, const data::LoadPlan& plan,
                                              const data::LoadId& load,
                                              const boost::json::object& detail) {
  return Group(session, plan, load, detail).run();
}

}  // namespace orch::publishing
