// CreateActivity, DescribeActivity, ListActivities, DeleteActivity.
#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "orchestrator/service/paging.h"
#include "orchestrator/service/words.h"

namespace orch::service {
namespace {

namespace bj = boost::json;

constexpr Length arn_length{1, 256};

[[noreturn]] void refuse_activity(const std::string& arn) {
  throw ServiceError("ActivityDoesNotExist", fmt::format("Activity Does Not Exist: '{}'", arn));
}

}  // namespace

Object create_activity(Request& request) {
  store::ActivityRow wanted;
  wanted.name = request.in.required("name", {1, 80});
  wanted.configuration = json::write(Object{{"encryptionConfiguration", read_encryption(request)}});
  wanted.created_at = clock_now();
  const auto tags = read_tags(request);
  request.in.check();
  check_name(wanted.name);
  const auto arn = request.place().activity(wanted.name);
  request.machines().transact([&] {
    if (const auto present = request.machines().activity(wanted.name)) {
      if (present->configuration != wanted.configuration)
        throw ServiceError("ActivityAlreadyExists",
                           fmt::format("Activity Already Exists: '{}'", arn));
      wanted = *present;
      return;
    }
    request.machines().add_activity(wanted);
    keep_tags(request, "activity:" + wanted.name, tags, arn);
  });
  return {{"activityArn", arn}, {"creationDate", epoch_seconds(wanted.created_at)}};
}

Object describe_activity(Request& request) {
  const auto arn = request.in.required("activityArn", arn_length);
  request.in.check();
  const auto row = request.machines().activity(parse_activity_arn(arn));
  if (!row) refuse_activity(arn);
  Object out{
      {"activityArn", arn}, {"name", row->name}, {"creationDate", epoch_seconds(row->created_at)}};
  const auto configuration = json::parse(row->configuration);
  for (const auto& [name, value] : configuration.as_object()) out[name] = value;
  return out;
}

Object list_activities(Request& request) {
  const auto page = read_page(request, "activities");
  auto rows = request.machines().activities(page.behind, page.size + 1);
  Object out;
  end_page(request, page, rows, out, [](const store::ActivityRow& row) { return row.name; });
  bj::array list;
  for (const auto& row : rows)
    list.push_back(Object{{"activityArn", request.place().activity(row.name)},
                          {"name", row.name},
                          {"creationDate", epoch_seconds(row.created_at)}});
  out["activities"] = std::move(list);
  return out;
}

Object delete_activity(Request& request) {
  const auto arn = request.in.required("activityArn", arn_length);
  request.in.check();
  const auto name = parse_activity_arn(arn);
  request.machines().transact([&] { request.machines().remove_activity(name); });
  return {};
}

}  // namespace orch::service
