// Connection strings, drivers, and texts between UTF-8 and UTF-16.
#include "workers/odbc/drivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/odbc.h"
#include "orchestrator/db/odbc_handle.h"
#include "orchestrator/db/utf16.h"
#include "tests/support/odbc_driver.h"
#include "tests/support/replication.h"

namespace orch::odbc {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Attributes, AreFoundWhateverTheirBraces) {
  const std::string text = "driver={A;B}}=C}; SERVER = db1 ;UID={me};empty=;DATABASE=x";
  EXPECT_EQ(value_of(text, "DRIVER"), "A;B}=C");
  EXPECT_EQ(value_of(text, "server"), "db1");
  EXPECT_EQ(value_of(text, "uid"), "me");
  EXPECT_EQ(value_of(text, "EMPTY"), "");
  EXPECT_EQ(value_of(text, "Database"), "x");
  EXPECT_EQ(value_of(text, "PWD"), "");
  EXPECT_EQ(value_of("", "PWD"), "");
}

TEST(Attributes, AreTakenOutEveryTime) {
  std::string text = "DSN=a;pwd={s;3}}c};UID=me;PWD=last";
  EXPECT_EQ(take_attribute(text, "PWD"), "last");
  EXPECT_EQ(text, "DSN=a;UID=me;");
  EXPECT_EQ(attribute("s;3}c"), "{s;3}}c}");
}

TEST(Messages, HaveNoPassword) {
  const Scrubber scrub("s3}cret");
  EXPECT_EQ(scrub("login failed: UID=me;PWD={s3}}cret};SERVER=x"),
            "login failed: UID=me;PWD=***;SERVER=x");
  EXPECT_EQ(scrub("Password=other;x"), "Password=***;x");
  EXPECT_THAT(scrub("no user me with s3}cret or s3}}cret"), Not(HasSubstr("cret")));
}

TEST(Utf16, IsTheSameText) {
  for (const std::string text : {"", "a", "é", "€", "😀", "aé€😀z", "\xf4\x8f\xbf\xbf"}) {
    std::string back;
    EXPECT_TRUE(append_utf8(back, utf16_of(text)));
    EXPECT_EQ(back, text);
  }
  EXPECT_EQ(utf16_of("😀"), u"\xd83d\xde00");
  EXPECT_EQ(utf16_of("a\xff"), u"a\xfffd");
}

TEST(Utf16, WithHalfOfAPairIsNone) {
  for (const std::u16string text : {u"a\xd83d", u"\xde00", u"\xd83dx"}) {
    std::string out = "before";
    EXPECT_FALSE(append_utf8(out, text));
    EXPECT_EQ(out, "before");
    EXPECT_THAT(utf8_of(text), HasSubstr("\xef\xbf\xbd"));
  }
}

class Drivers : public testing::Test {
 protected:
  void SetUp() override {
    try {
      drivers();
    } catch (const LibraryMissing& missing) {
      GTEST_SKIP() << missing.what();
    }
  }
  Settings settings_{.attributes = "", .display = "odbc:tested"};
};

TEST_F(Drivers, GetWhatTheyNeed) {
  settings_.attributes = "DRIVER={PostgreSQL Unicode};SERVER=db1;fetch=7";
  const auto chosen = choose_driver(settings_);
  EXPECT_EQ(value_of(chosen.attributes, "UseDeclareFetch"), "1");
  EXPECT_EQ(value_of(chosen.attributes, "FETCH"), "7");
  EXPECT_FALSE(chosen.facts->narrow);
}

TEST_F(Drivers, ThatChangeTextsAreRefused) {
  settings_.attributes = "DRIVER={PostgreSQL ANSI};SERVER=db1";
  std::string message;
  EXPECT_EQ(test::error_of([&] { choose_driver(settings_); }, &message), "Connection.Unsupported");
  EXPECT_THAT(message, HasSubstr("character set"));
}

TEST_F(Drivers, ThatNobodyKnowsAreTakenAsTheyAre) {
  settings_.attributes = "DRIVER={Of a vendor};SERVER=db1";
  const auto chosen = choose_driver(settings_);
  EXPECT_EQ(chosen.facts, nullptr);
  EXPECT_EQ(chosen.attributes, settings_.attributes);
}

TEST_F(Drivers, ThatAreNotThereAreNamed) {
  settings_.attributes = "DRIVER={Of a vendor};SERVER=db1;UID=me";
  settings_.secret = "s3cret";
  std::string message;
  EXPECT_EQ(test::error_of([&] { open_source(settings_); }, &message), "Connection.Down");
  EXPECT_THAT(message, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace orch::odbc
