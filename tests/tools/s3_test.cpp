// aws-sdk:s3 on folders, and on an endpoint that speaks S3.
#include <gmock/gmock.h>

#include "tests/tools/http_server.h"
#include "tests/tools/tool_test.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class S3 : public test::ToolTest {
 protected:
  void TearDown() override { ::unsetenv("ORCH_S3_ENDPOINT"); }
  static void use(const std::string& endpoint) {
    ::setenv("ORCH_S3_ENDPOINT", endpoint.c_str(), 1);
  }
  /// Buckets "b" and "c", folders both.
  void use_folders() {
    std::filesystem::create_directories(folder_ / "b");
    std::filesystem::create_directories(folder_ / "c");
    use("file:" + folder_.path().string());
  }
  bj::object call(const std::string& action, const std::string& input) {
    auto task = test::task_of(7);
    task.state = "Step";
    task.resource = "arn:aws:states:::aws-sdk:s3:" + action;
    task.input = json::parse(input);
    return worker_->run(task, context_).as_object();
  }
  /// "ERROR: CAUSE".
  std::string fails(const std::string& action, const std::string& input) {
    try {
      return json::write(call(action, input));
    } catch (const workers::TaskFailed& failed) {
      return failed.error() + ": " + failed.cause();
    }
  }
  std::string file(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }
  std::vector<std::string> keys(const std::string& input) {
    std::vector<std::string> found;
    const auto answer = call("listObjectsV2", input);
    if (const auto* contents = answer.if_contains("Contents"))
      for (const auto& object : contents->get_array())
        found.emplace_back(object.at("Key").get_string());
    if (const auto* prefixes = answer.if_contains("CommonPrefixes"))
      for (const auto& prefix : prefixes->get_array())
        found.push_back(std::string(prefix.at("Prefix").get_string()) + " (prefix)");
    if (answer.contains("NextContinuationToken"))
      found.push_back("next " + std::string(answer.at("NextContinuationToken").get_string()));
    return found;
  }

  std::unique_ptr<workers::Worker> worker_ = make_s3();
};

TEST_F(S3, WritesTheBodyAsJsonAndReadsItAsText) {
  use_folders();
  const auto put = call("putObject", R"({"Bucket":"b","Key":"x/a.json","Body":{"n":1.0}})");
  EXPECT_EQ(file("b/x/a.json"), R"({"n":1.0})");
  const auto got = call("getObject", R"({"Bucket":"b","Key":"x/a.json"})");
  EXPECT_EQ(got.at("Body"), R"({"n":1.0})");
  EXPECT_EQ(got.at("ETag"), put.at("ETag"));
  EXPECT_EQ(got.at("ContentLength"), 9);
  EXPECT_EQ(got.at("ContentType"), "binary/octet-stream");
  EXPECT_EQ(got.at("AcceptRanges"), "bytes");
  EXPECT_EQ(got.at("Metadata"), bj::object());
  EXPECT_THAT(std::string(got.at("LastModified").get_string()),
              MatchesRegex("20..-..-..T..:..:..Z"));
  auto head = got;
  head.stable_erase("Body");
  EXPECT_EQ(call("headObject", R"({"Bucket":"b","Key":"x/a.json"})"), head);
  call("putObject", R"({"Bucket":"b","Key":"text","Body":"text"})");
  EXPECT_EQ(file("b/text"), R"("text")") << "with its quotes, as the service writes it";
  call("putObject", R"({"Bucket":"b","Key":"empty"})");
  EXPECT_EQ(file("b/empty"), "");
}

TEST_F(S3, RangesAndConditions) {
  use_folders();
  write_file("b/a", "0123456789");
  const auto get = [&](const std::string& more) {
    return fails("getObject", R"({"Bucket":"b","Key":"a",)" + more + "}");
  };
  EXPECT_THAT(get(R"("Range":"bytes=2-4")"), HasSubstr(R"("Body":"234")"));
  EXPECT_THAT(get(R"("Range":"bytes=2-4")"), HasSubstr(R"("ContentRange":"bytes 2-4/10")"));
  EXPECT_THAT(get(R"("Range":"bytes=-3")"), HasSubstr(R"("Body":"789")"));
  EXPECT_THAT(get(R"("Range":"bytes=7-99")"), HasSubstr(R"("Body":"789")"));
  EXPECT_THAT(get(R"("Range":"nonsense")"), HasSubstr(R"("Body":"0123456789")"));
  EXPECT_THAT(get(R"("Range":"bytes=10-")"),
              StartsWith("S3.S3Exception: The requested range is not satisfiable (Service: S3, "
                         "Status Code: 416"));
  EXPECT_THAT(get(R"("IfMatch":"\"other\"")"), HasSubstr("Status Code: 412"));
  EXPECT_THAT(get(R"("IfNoneMatch":"*")"), HasSubstr("Status Code: 304"));
  EXPECT_THAT(fails("putObject", R"({"Bucket":"b","Key":"a","Body":1,"IfNoneMatch":"*"})"),
              HasSubstr("Status Code: 412"));
  EXPECT_EQ(file("b/a"), "0123456789");
  EXPECT_THAT(get(R"("VersionId":"7")"), HasSubstr("has no \"versionId\" (Service: S3, Status "
                                                   "Code: 501"));
}

TEST_F(S3, CopiesAndDeletes) {
  use_folders();
  write_file("b/a b", std::string("\0\xFF", 2));
  const auto copied =
      call("copyObject", R"({"Bucket":"c","CopySource":"/b/a%20b","Key":"deep/x"})");
  EXPECT_EQ(file("c/deep/x"), std::string("\0\xFF", 2)) << "of any kind";
  EXPECT_TRUE(copied.at("CopyObjectResult").as_object().contains("LastModified"));
  EXPECT_THAT(fails("getObject", R"({"Bucket":"c","Key":"deep/x"})"), HasSubstr("not UTF-8"));
  EXPECT_EQ(fails("deleteObject", R"({"Bucket":"c","Key":"deep/x"})"), "{}");
  EXPECT_EQ(fails("deleteObject", R"({"Bucket":"c","Key":"deep/x"})"), "{}") << "as on S3";
  EXPECT_EQ(fails("deleteObject", R"({"Bucket":"c","Key":"deep/x/y"})"), "{}");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "c/deep")) << "S3 has no empty folders";
  EXPECT_TRUE(std::filesystem::exists(folder_ / "c"));
  EXPECT_THAT(fails("copyObject", R"({"Bucket":"c","CopySource":"b","Key":"x"})"),
              StartsWith("S3.S3Exception: the CopySource \"b\" is not BUCKET/KEY"));
  EXPECT_THAT(fails("copyObject", R"({"Bucket":"c","CopySource":"b/no","Key":"x"})"),
              StartsWith("S3.NoSuchKeyException: "));
  for (const char* source : {"../b/a%20b", "./b/a%20b", "file:/b/a", "file:b/a", "%2e%2e/b/a%20b"})
    EXPECT_THAT(fails("copyObject",
                      R"({"Bucket":"c","Key":"x","CopySource":")" + std::string(source) + "\"}"),
                StartsWith("S3.NoSuchBucketException: "))
        << source;
}

TEST_F(S3, AKeyOfAFolderIsNoOtherKeysFolder) {
  use_folders();
  call("putObject", R"({"Bucket":"b","Key":"a","Body":1})");
  EXPECT_THAT(fails("putObject", R"({"Bucket":"b","Key":"a/b","Body":2})"),
              StartsWith("S3.S3Exception: the key \"a/b\" cannot be written"));
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":"a/b"})"),
              StartsWith("S3.NoSuchKeyException"));
  call("putObject", R"({"Bucket":"b","Key":"d/e","Body":1})");
  EXPECT_THAT(fails("putObject", R"({"Bucket":"b","Key":"d","Body":2})"),
              HasSubstr("files are below it"));
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":"d"})"),
              StartsWith("S3.NoSuchKeyException"));
  EXPECT_THAT(keys(R"({"Bucket":"b"})"), ElementsAre("a", "d/e")) << "and no draft is left";
  std::filesystem::create_directories(folder_ / "b/hollow");
  call("putObject", R"({"Bucket":"b","Key":"hollow","Body":3})");
  EXPECT_EQ(file("b/hollow"), "3") << "a folder without files is no object";
  for (const char* key : {"x/", "x//y", "./x", "x/.", "..", "/etc/passwd", ""})
    EXPECT_THAT(fails("putObject", json::write(bj::object{{"Bucket", "b"}, {"Key", key}})),
                StartsWith("S3.S3Exception: the key "))
        << key;
}

TEST_F(S3, ListsByPages) {
  use_folders();
  for (const char* name : {"a", "d/1", "d/2", "d-x", "e/1", "z"}) {
    std::filesystem::create_directories((folder_ / "b" / name).parent_path());
    write_file(std::string("b/") + name, "1");
  }
  EXPECT_THAT(keys(R"({"Bucket":"b"})"), ElementsAre("a", "d-x", "d/1", "d/2", "e/1", "z"));
  EXPECT_THAT(keys(R"({"Bucket":"b","Delimiter":"/"})"),
              ElementsAre("a", "d-x", "z", "d/ (prefix)", "e/ (prefix)"));
  EXPECT_THAT(keys(R"({"Bucket":"b","Prefix":"d/","Delimiter":"/","StartAfter":"d/1"})"),
              ElementsAre("d/2"));
  std::vector<std::string> all;
  std::string token;
  do {
    const auto page = keys(R"({"Bucket":"b","Delimiter":"/","MaxKeys":1)" +
                           (token.empty() ? "}" : R"(,"ContinuationToken":")" + token + "\"}"));
    all.push_back(page.front());
    token = page.size() > 1 ? page.back().substr(5) : "";
  } while (!token.empty());
  EXPECT_THAT(all, ElementsAre("a", "d-x", "d/ (prefix)", "e/ (prefix)", "z"));
  const auto answer = call("listObjectsV2", R"({"Bucket":"b","Prefix":"no"})");
  EXPECT_EQ(json::write(answer), R"({"IsTruncated":false,"KeyCount":0,"MaxKeys":1000,"Name":"b",)"
                                 R"("Prefix":"no"})");
}

TEST_F(S3, SaysWhatIsMissingInTheSdksWords) {
  use_folders();
  EXPECT_THAT(fails("getObject", R"({"Bucket":"none","Key":"k"})"),
              StartsWith("S3.NoSuchBucketException: "));
  EXPECT_THAT(fails("headObject", R"({"Bucket":"b","Key":"k"})"),
              MatchesRegex("S3.NoSuchKeyException: .*\\(Service: S3, Status Code: 404, Request ID: "
                           "null\\)"));
  EXPECT_EQ(fails("getObject", R"({"Bucket":"b"})"),
            "States.Runtime: The Parameters '{\"Bucket\":\"b\"}' could not be used to start the "
            "Task: [The field \"Key\" is required but was missing]");
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":"k","Body":1})"),
              HasSubstr("The field \"Body\" is not supported by Step Functions"));
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":7})"),
              HasSubstr("The field \"Key\" must be a string"));
}

TEST_F(S3, AResultIsNoLargerThanTheServicesLimit) {
  use_folders();
  write_file("b/large", std::string(300'000, 'x'));
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":"large"})"),
              StartsWith("States.DataLimitExceeded: The state/task 'Step' returned a result"));
  EXPECT_EQ(call("getObject", R"({"Bucket":"b","Key":"large","Range":"bytes=0-9"})").at("Body"),
            "xxxxxxxxxx");
  test::HttpServer server({test::answer("200 OK", std::string(300'000, 'x'))});
  use(server.url());
  EXPECT_THAT(fails("getObject", R"({"Bucket":"b","Key":"large"})"),
              StartsWith("States.DataLimitExceeded"));
}

TEST_F(S3, AsksAnEndpointAsAwsDoes) {
  test::HttpServer server(
      {test::answer("200 OK", "", "ETag: \"1\"\r\nx-amz-version-id: v1\r\n"),
       test::answer("200 OK", "text",
                    "ETag: \"1\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
                    "x-amz-meta-who: me\r\nx-amz-tagging-count: 2\r\n"),
       test::answer("200 OK",
                    "<CopyObjectResult><ETag>&quot;2&quot;</ETag><LastModified>"
                    "2024-01-01T00:00:00.000Z</LastModified></CopyObjectResult>"),
       test::answer("204 No Content", "", "x-amz-delete-marker: true\r\n"),
       test::answer("200 OK",
                    "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3/\">"
                    "<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1"
                    "</NextContinuationToken><Contents><Key>a&#x26;b</Key><Size>3</Size>"
                    "<LastModified>2024-01-01T00:00:00.500Z</LastModified></Contents>"
                    "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
                    "</ListBucketResult>")});
  use(server.url());
  EXPECT_EQ(fails("putObject", R"({"Bucket":"b","Key":"a b","Body":1,"Metadata":{"who":"me"},)"
                               R"("ContentType":"text/plain"})"),
            R"({"ETag":"\"1\"","VersionId":"v1"})");
  EXPECT_EQ(fails("getObject", R"({"Bucket":"b","Key":"k","VersionId":"v/1"})"),
            R"({"ETag":"\"1\"","LastModified":"2024-01-01T00:00:00Z","TagCount":2,)"
            R"("ContentLength":4,"Metadata":{"who":"me"},"Body":"text"})");
  EXPECT_EQ(fails("copyObject", R"({"Bucket":"b","Key":"k","CopySource":"c/x y?versionId=3"})"),
            R"({"CopyObjectResult":{"ETag":"\"2\"","LastModified":"2024-01-01T00:00:00Z"}})");
  EXPECT_EQ(fails("deleteObject", R"({"Bucket":"b","Key":"k"})"), R"({"DeleteMarker":true})");
  EXPECT_THAT(keys(R"({"Bucket":"b","Prefix":"p","MaxKeys":2})"),
              ElementsAre("a&b", "p/ (prefix)", "next t&1"));
  const auto& asked = server.requests();
  EXPECT_THAT(asked[0], StartsWith("PUT /b/a%20b HTTP/1.1"));
  EXPECT_THAT(asked[0], HasSubstr("x-amz-meta-who: me"));
  EXPECT_THAT(asked[0], HasSubstr("content-type: text/plain"));
  EXPECT_THAT(asked[0], ::testing::Not(HasSubstr("text/plain; charset=UTF-8")));
  EXPECT_THAT(asked[0], HasSubstr("x-amz-checksum-crc32: g9zvtw==")) << "of the byte 1";
  EXPECT_THAT(asked[1], StartsWith("GET /b/k?versionId=v%2F1 HTTP/1.1"));
  EXPECT_THAT(asked[2], HasSubstr("x-amz-copy-source: c/x%20y?versionId=3"));
  EXPECT_THAT(asked[3], StartsWith("DELETE /b/k HTTP/1.1"));
  EXPECT_THAT(asked[4], StartsWith("GET /b?list-type=2&prefix=p&max-keys=2 HTTP/1.1"));
}

TEST_F(S3, TakesWhateverAnEndpointAnswers) {
  const auto get = [&](const std::string& action, const std::string& answer) {
    test::HttpServer server({answer});
    use(server.url());
    return fails(action, action == "copyObject" ? R"({"Bucket":"b","Key":"k","CopySource":"c/k"})"
                         : action == "listObjectsV2" ? R"({"Bucket":"b"})"
                                                     : R"({"Bucket":"b","Key":"k"})");
  };
  EXPECT_EQ(get("getObject",
                test::answer("404 Not Found",
                             "<Error><Code>NoSuchKey</Code><Message>The specified key does not "
                             "exist.</Message></Error>",
                             "x-amz-request-id: R1\r\n")),
            "S3.NoSuchKeyException: The specified key does not exist. (Service: S3, Status Code: "
            "404, Request ID: R1)");
  EXPECT_EQ(get("headObject", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n"),
            "S3.NoSuchKeyException: Not Found (Service: S3, Status Code: 404, Request ID: null)");
  EXPECT_THAT(get("getObject", test::answer("500 Oops", "<html>")),
              StartsWith("S3.S3Exception: Oops (Service: S3, Status Code: 500"));
  EXPECT_THAT(get("copyObject", test::answer("200 OK",
                                             "<Error><Code>InternalError</Code><Message>"
                                             "We failed</Message></Error>")),
              StartsWith("S3.S3Exception: We failed"));
  for (const char* body :
       {"", "{}", "<ListBucketResult>", "<!DOCTYPE a><ListBucketResult/>",
        "<ListBucketResult><Contents><Key>k</Key><Size>99999999999999999999</Size></Contents>"
        "</ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult>&nothing;</ListBucketResult>"})
    EXPECT_THAT(get("listObjectsV2", test::answer("200 OK", body)),
                StartsWith("S3.AnswerInvalid: "))
        << body;
}

}  // namespace
}  // namespace orch::tools
