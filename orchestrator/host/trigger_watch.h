// Triggers that look at the world: files that come, runs of other pipelines that succeed.
//
// What fires goes through the engine's one door (engine/fires.h): its row, named by pipeline,
// trigger and key, is what is remembered, so nothing fires twice, whatever dies when.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/pipeline_documents.h"
#include "orchestrator/host/folder_watch.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/store.h"
#include "orchestrator/view/table_index.h"

namespace orch::host {

class TriggerWatch {
 public:
  /// What is looked at: a bucket that does not answer holds up no folder.
  enum class Where : std::uint8_t { folders, buckets };

  /// Looks from now on, on a thread of its own; `engine` must outlive it. Other pipelines are
  /// looked at with the folders.
  TriggerWatch(const std::string& store_url, engine::Engine& engine, Where where);
  ~TriggerWatch();
  TriggerWatch(const TriggerWatch&) = delete;
  TriggerWatch& operator=(const TriggerWatch&) = delete;

 private:
  struct Named {
    const store::PipelineRow& row;
    const std::string& name;  ///< of the trigger
  };

  void run(const std::stop_token& stop);
  void look();
  void look_at(const store::PipelineRow& row);
  void look_at(const Named& named, const pipeline::AfterTrigger& trigger);
  std::vector<pipeline::Success> latest_runs(const std::vector<std::string>& pipelines,
                                             boost::json::object& runs);
  std::optional<pipeline::Success> latest_load(const std::string& key);
  void look_at(const Named& named, const pipeline::FilesTrigger& trigger);
  void look_at(const Named&, const pipeline::ScheduleTrigger&) {}
  void look_at(const Named&, const pipeline::WebhookTrigger&) {}

  std::vector<pipeline::WaitingFile> waiting_files(const Named& named,
                                                   const pipeline::FilesTrigger& trigger);
  bool is_to_be_listed(const Named& named, const pipeline::FilesTrigger& trigger);
  /// How many batches of the group have fired; their files are known afterwards.
  std::size_t fired_batches(const Named& named, const std::string& group);
  void fire(const Named& named, const std::string& kind, const std::string& key, Instant at,
            const boost::json::object& facts);
  void tell_once(const std::string& where, const std::string& what);

  const Where where_;
  std::stop_token stop_;  ///< of the thread, which alone looks at it
  const std::string store_url_;
  std::unique_ptr<store::Store> store_;
  std::optional<view::TableIndex> tables_;  ///< opened when a trigger asks for a dataset
  engine::Engine& engine_;
  engine::PipelineDocuments documents_;
  /// Names and versions of files that have fired, by pipeline and trigger.
  std::map<std::string, std::set<std::string>> fired_;
  std::map<std::string, std::string> told_;  ///< what went wrong last, by pipeline
  /// Of buckets, by pipeline and trigger.
  std::map<std::string, std::chrono::steady_clock::time_point> next_listings_;
  FolderWatch folders_;
  std::jthread thread_;
};

}  // namespace orch::host
