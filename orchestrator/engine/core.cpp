#include "orchestrator/engine/core.h"

#include <malloc.h>
#include <utility>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/engine/recovery.h"

namespace orch::engine {
namespace {

// A turn allocates and frees some megabytes. By default glibc hands them back to the kernel each
// time, and faulting them in again is a tenth of a turn. These are the values that it takes by
// itself once a process has freed one block of 8 MiB.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
#endif
}

}  // namespace

Engine::Core::Core(store::Store& store, const workers::Registry& registry, Options the_options,
                   Observer* observer)
    : options(std::move(the_options)),
      turn(store, wakeup),
      commands(turn, wakeup),
      runs(store, options, turn, commands),
      orphans(runs),
      claiming(runs),
      admission(runs, options.limits),
      submissions(runs, commands, registry),
      map_runs(runs, orphans, commands, registry),
      tasks(runs, claiming, admission, commands, wakeup, registry, options.workers, observer),
      activities(runs, tasks, commands, observer),
      timers(runs),
      waiters(runs, commands),
      dispatch(runs, observer),
      controls(runs, claiming, commands, registry),
      fires(runs, commands, controls, submissions, options.triggers),
      nested(runs, orphans, submissions, fires, registry, options.nested),
      schedules(runs, fires, wakeup, options.triggers, options.wall ? options.wall : wall_now),
      loop(turn, wakeup, recovered(), options.store_give_up) {}

// Everyone is in place: the runs under way are taken up before the first turn.
std::vector<Participant*> Engine::Core::recovered() {
  keep_freed_memory();
  admission.ask_workers([this](const SlotKey& key) {
    return tasks.is_with_worker(key.run, execution::Ticket{key.ticket});
  });
  // Who comes first takes a task on: what waits for a claim or is held is kept from the others, and
  // what no one else has goes to a worker.
  for (Follower* follower :
       std::initializer_list<Follower*>{&claiming, &admission, &map_runs, &nested, &activities,
                                        &timers, &waiters, &fires, &tasks})
    runs.followers.add(*follower);
  controls.tell_of_ends([this](const store::ExecutionRow& row) {
    if (row.made.pipeline) fires.look_at(row.made.pipeline->pipeline);
  });
  Recovery(runs).run();
  // What ended is told first, then what callers ask for is decided, then what has arrived, then
  // what runs and map runs have left to do: a long one delays no other.
  return {&runs.executions, &claiming, &admission,  &runs.isolation, &orphans,   &commands,
          &dispatch,        &tasks,    &activities, &timers,         &schedules, &fires,
          &runs.decisions,  &nested,   &map_runs,   &waiters};
}

}  // namespace orch::engine
