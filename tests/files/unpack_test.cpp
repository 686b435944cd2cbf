// Packed files, whole and broken, in blocks of any size.
#include "workers/files/unpack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packed.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::HasSubstr;

/// Hands out `bytes`, `step` at a time.
files::ReadBlock in_steps(std::string bytes, std::size_t step) {
  return [bytes = std::move(bytes), step, at = std::size_t{0}](std::string& out) mutable {
    const auto part = std::string_view(bytes).substr(at, step);
    out += part;
    at += part.size();
    return !part.empty();
  };
}

std::string read(const files::ReadBlock& more) {
  std::string all;
  while (more(all)) {
  }
  return all;
}

std::string unpacked(const std::string& bytes, std::size_t step = 4096) {
  return read(files::unpacked(in_steps(bytes, step), "t.csv.gz"));
}

std::string failure_of(const std::string& bytes) {
  try {
    unpacked(bytes);
  } catch (const workers::TaskFailed& failure) {
    return failure.error() + ": " + failure.what();
  }
  return "no failure";
}

std::string lines(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i * 7919) + "\n";
  text.resize(bytes);
  return text;
}

struct Packing {
  const char* name;
  std::string (*pack)(std::string_view);
};

class Packed : public testing::TestWithParam<Packing> {};

// A block is 256 KiB: sizes around it, and zeros, of which a few bytes give many blocks.
TEST_P(Packed, GivesTheTextWhateverTheBlocks) {
  for (const std::size_t bytes : {1u, 262'143u, 262'144u, 262'145u, 524'288u, 1'000'000u})
    for (const auto& text : {lines(bytes), std::string(bytes, '\0')}) {
      const auto packed = GetParam().pack(text);
      EXPECT_TRUE(unpacked(packed) == text) << bytes;
      EXPECT_TRUE(unpacked(packed, packed.size()) == text) << bytes;
      EXPECT_TRUE(unpacked(packed, packed.size() / 3 + 1) == text) << bytes;
    }
  EXPECT_EQ(unpacked(GetParam().pack("a,b\n1,2\n"), 1), "a,b\n1,2\n");
  EXPECT_EQ(unpacked(GetParam().pack("")), "");
}

TEST_P(Packed, PartsOneAfterTheOtherAreOneText) {
  const auto& pack = GetParam().pack;
  const auto text = lines(300'000);
  EXPECT_TRUE(unpacked(pack("a") + pack("") + pack(text) + pack("z")) == "a" + text + "z");
}

TEST_P(Packed, WhatIsCutShortIsRefusedWhereverItEnds) {
  const auto packed = GetParam().pack(lines(100));
  for (std::size_t bytes = 5; bytes < packed.size(); ++bytes)
    EXPECT_EQ(failure_of(packed.substr(0, bytes)),
              "Source.Malformed: t.csv.gz cannot be unpacked: it ends too early")
        << bytes;
}

TEST_P(Packed, WhatIsDamagedOrFollowedByOtherBytesIsRefused) {
  const auto packed = GetParam().pack(lines(100'000));
  auto damaged = packed;
  for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 64; ++i) damaged[i] ^= '\x55';
  EXPECT_THAT(failure_of(damaged), HasSubstr("t.csv.gz cannot be unpacked"));
  EXPECT_THAT(failure_of(packed + "more,text\n"), HasSubstr("t.csv.gz cannot be unpacked"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Packed,
                         testing::Values(Packing{"gzip", test::gzipped},
                                         Packing{"zstd", test::zstd_packed}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Unpack, WhatIsNotPackedStaysAsItIs) {
  for (const auto* text : {"", "a", "abc", "a,b\n1,2\n", "\x1f\x8b", "\x28\xb5\x2f"})
    for (const std::size_t step : {1u, 3u, 4096u}) EXPECT_EQ(unpacked(text, step), text);
}

TEST(Unpack, NamesLoseTheEndingOfWhatPackedThem) {
  EXPECT_EQ(files::unpacked_name("a.csv.gz"), "a.csv");
  EXPECT_EQ(files::unpacked_name("a.jsonl.ZST"), "a.jsonl");
  EXPECT_EQ(files::unpacked_name("a.csv"), "a.csv");
  EXPECT_EQ(files::unpacked_name(".gz"), ".gz");
}

}  // namespace
}  // namespace orch
