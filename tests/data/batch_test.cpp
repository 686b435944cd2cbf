#include "workers/data/batch.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace orch::data {
namespace {

constexpr auto text = Cell::Type::text;

TEST(RowBatch, KeepsTheBytesOfItsRows) {
  RowBatch batch(2);
  for (std::string source : {"first", "second", ""}) {
    batch.add()[1] = Cell(text, std::string_view(source));
    batch.keep();
    std::fill(source.begin(), source.end(), '?');
  }
  EXPECT_EQ(batch.rows(), 3u);
  EXPECT_EQ(batch.row(0)[1].bytes, "first");
  EXPECT_EQ(batch.row(1)[1].bytes, "second");
  EXPECT_EQ(batch.row(2)[1].bytes, "");
  EXPECT_EQ(batch.row(2)[0].type, Cell::Type::null);
}

TEST(RowBatch, LeavesAValueOfAnySizeWhereItIs) {
  RowBatch batch(1);
  const std::string large(std::size_t{1} << 20, 'x');
  batch.add()[0] = Cell(text, std::string_view(large));
  batch.keep();
  EXPECT_TRUE(batch.full()) << "before the source moves on";
  EXPECT_EQ(batch.row(0)[0].bytes.data(), large.data());
}

TEST(RowBatch, IsFullBeforeItsBytesMove) {
  RowBatch batch(1);
  const std::string value(1'000, 'x');
  std::vector<const char*> places;
  while (!batch.full()) {
    batch.add()[0] = Cell(text, std::string_view(value));
    batch.keep();
    places.push_back(batch.row(batch.rows() - 1)[0].bytes.data());
  }
  EXPECT_GT(batch.rows(), 50u);
  EXPECT_LT(batch.rows(), 70u);
  for (std::size_t i = 0; i < batch.rows(); ++i) EXPECT_EQ(batch.row(i)[0].bytes.data(), places[i]);
}

TEST(RowBatch, IsUsedAgain) {
  RowBatch batch(3);
  while (!batch.full()) batch.add(7)[0] = Cell(Cell::Type::integer, 1);
  EXPECT_EQ(batch.rowid(0), 7);
  const auto most = batch.rows();
  batch.clear();
  EXPECT_EQ(batch.rows(), 0u);
  EXPECT_EQ(batch.add()[0].type, Cell::Type::null);
  EXPECT_FALSE(batch.rowid(0).has_value());
  EXPECT_FALSE(batch.full());
  EXPECT_GT(most, 100u);
}

TEST(RowBatch, HoldsARowOfManyColumnsAndOneOfNone) {
  RowBatch wide(5'000);
  EXPECT_EQ(wide.add().size(), 5'000u);
  EXPECT_TRUE(wide.full());
  RowBatch none(0);
  EXPECT_TRUE(none.add().empty());
}

}  // namespace
}  // namespace orch::data
