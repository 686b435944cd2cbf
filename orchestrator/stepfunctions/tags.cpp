// TagResource, UntagResource, ListTagsForResource.
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

std::string existing_resource(Request& request, const std::string& arn) {
  auto resource = parse_taggable_arn(arn);
  const auto name = resource.substr(resource.find(':') + 1);
  const bool exists = resource.starts_with("activity:")
                          ? request.machines().activity(name).has_value()
                          : request.machines().find(name).has_value();
  if (!exists) refuse_resource(arn);
  return resource;
}

}  // namespace

Object tag_resource(Request& request) {
  const auto arn = request.in.required("resourceArn", {1, 256});
  request.in.require("tags", request.in.objects("tags").has_value());
  const auto tags = read_tags(request);
  request.in.check();
  request.machines().transact(
      [&] { keep_tags(request, existing_resource(request, arn), tags, arn); });
  return {};
}

Object untag_resource(Request& request) {
  const auto arn = request.in.required("resourceArn", {1, 256});
  const auto keys = request.in.texts("tagKeys");
  request.in.require("tagKeys", keys.has_value());
  request.in.check();
  request.machines().transact([&] {
    const auto resource = existing_resource(request, arn);
    for (const auto& key : *keys) request.machines().remove_tag(resource, key);
  });
  return {};
}

Object list_tags_for_resource(Request& request) {
  const auto arn = request.in.required("resourceArn", {1, 256});
  request.in.check();
  bj::array list;
  for (const auto& [key, value] : request.machines().tags(existing_resource(request, arn)))
    list.push_back(Object{{"key", key}, {"value", value}});
  return {{"tags", std::move(list)}};
}

}  // namespace orch::stepfunctions
