// What stands behind a URL, as its /openapi.json tells, and the scenario that fits it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "load/url.h"
#include "workload/scenario.h"

namespace headroom::load {
/// A classifier's input: rows as an array in this order.
struct TargetModel {
  std::string predict_path;  // of the document; "/predict"
  std::vector<workload::Data::Range> features;
  bool iris = false;         // the four features of Iris, in their order
};

/// Looks for Headroom's NamedRow schema: numeric properties. A range is minimum … maximum where stated, else half to one and a half
/// times the example, else 0 … 1. nullopt when the document has none. Foreign bytes: at most 4 MiB and 10000 features are read.
[[nodiscard]] std::optional<TargetModel> read_openapi(std::string_view document);

/// The document at /openapi.json of the URL's server, within two seconds and 4 MiB; empty when there is none. Uses sockets.
[[nodiscard]] std::string fetch_openapi(const Url& url);

/// What the flags say about a single request.
struct RequestFlags {
  std::string method;  // "" = GET, or POST with a body
  std::optional<std::string> body;
  std::string content_type = "application/json";
  std::vector<workload::Header> headers;
  std::string data;    // "iris" or ""
};
/// One task on the URL's path. Users wait 0.5 s to 2 s, as the original's normal user.
[[nodiscard]] workload::Scenario scenario_for(const Url& url, const RequestFlags& flags, const std::optional<TargetModel>& target);
}  // namespace headroom::load
