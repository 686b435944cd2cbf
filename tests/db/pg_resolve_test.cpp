// Names of hosts on their way to libpq.
#include "orchestrator/db/pg_resolve.h"

#include <condition_variable>
#include <memory>
#include <mutex>

#include <gtest/gtest.h>

namespace orch::pg {
namespace {

Addresses two(const std::string& host) {
  return {{"10.0.0.1", host == "b" ? "::1" : "10.0.0.2"}, ""};
}

TEST(Resolve, GivesEachAddressItsHostAndPort) {
  EXPECT_EQ(with_addresses("host=a port=5 dbname=x", {}, {}, two),
            "host=a port=5 dbname=x host='a,a' hostaddr='10.0.0.1,10.0.0.2' port='5,5'");
  EXPECT_EQ(with_addresses("host=/run,b,1.2.3.4 port=1,2,3", {}, {}, two),
            "host=/run,b,1.2.3.4 port=1,2,3 host='/run,b,b,1.2.3.4' "
            "hostaddr=',10.0.0.1,::1,1.2.3.4' port='1,2,2,3'");
}

TEST(Resolve, LeavesWhatNeedsNoLookUp) {
  for (const std::string conninfo : {"host=127.0.0.1", "host=/run/postgresql dbname=x", "dbname=x",
                                     "host=a hostaddr=1.2.3.4", "host='not closed"})
    EXPECT_EQ(with_addresses(conninfo, {}, {}, two), conninfo);
}

TEST(Resolve, SaysWhatHasNoAddress) {
  const auto none = [](const std::string&) { return Addresses{{}, "not known"}; };
  try {
    with_addresses("host=gone", {}, {}, none);
    FAIL() << "an address";
  } catch (const Error& error) {
    EXPECT_EQ(error.sqlstate(), "08001");
    EXPECT_STREQ(error.what(), "the name \"gone\" has no address: not known");
  }
  const auto one = [](const std::string& host) {
    return host == "b" ? two(host) : Addresses{{}, "not known"};
  };
  EXPECT_EQ(with_addresses("host=a,b", {}, {}, one), "host=a,b host='b,b' hostaddr='10.0.0.1,::1'");
}

TEST(Resolve, IsEndedByAStopOrALimitAlthoughTheLookUpGoesOn) {
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
  };
  const auto gate = std::make_shared<Gate>();
  const auto endless = [gate](const std::string&) {
    std::unique_lock lock(gate->mutex);
    gate->changed.wait(lock, [&] { return gate->open; });
    return Addresses{{"10.0.0.1"}, ""};
  };
  EXPECT_THROW(with_addresses(
                   "host=a", {}, [] { return true; }, endless),
               Stopped);
  EXPECT_THROW(with_addresses("host=a", std::chrono::milliseconds(1), {}, endless), Error);
  const std::scoped_lock lock(gate->mutex);
  gate->open = true;
  gate->changed.notify_all();
}

}  // namespace
}  // namespace orch::pg
