#include "importers/import.h"

#include <algorithm>
#include <charconv>

#include "formats/error.h"
#include "importers/estimator.h"

namespace headroom::importers {
using formats::Kind;
using formats::Value;

namespace {
constexpr std::uint64_t kCompiledFloor = 128ULL << 20U;   // bytes that the model of any file may take …
constexpr std::uint64_t kCompiledRatio = 8;               // … and further this many times the stream
constexpr std::uint64_t kEstimatorsFloor = 10'000;        // an estimator takes more than 64 bytes of a file
constexpr std::uint64_t kBytesPerEstimator = 64;

/// The keys of a dict, as a message lists them.
std::string keys_of(const Value& dict) {
  std::string keys;
  for (std::size_t i = 0; i + 1 < dict.items().size() && keys.size() < 200; i += 2) {
    const auto& key = dict.items()[i];
    if (key.is(Kind::text)) keys += (keys.empty() ? "'" : ", '") + formats::printable(key.text(), 40) + "'";
    if (key.is(Kind::integer)) keys += (keys.empty() ? "" : ", ") + std::to_string(key.integer());
  }
  return keys;
}

/// The entry of a dict under a text, or under the number that it writes.
const Value* find_key(const Value& dict, const std::string& key) {
  if (const auto* found = dict.find(key)) return found;
  for (std::size_t i = 0; i + 1 < dict.items().size(); i += 2) {
    if (dict.items()[i].is(Kind::integer) && std::to_string(dict.items()[i].integer()) == key) return &dict.items()[i + 1];
  }
  return nullptr;
}

/// key: of a dict, an index of a list, or several of them with slashes between: what is in what.
Read<Place> select(const Place& root, const std::string& key) {
  if (root.value().is(Kind::dict)) {
    if (const auto* found = find_key(root.value(), key)) return Place(*found, root.path() + "['" + formats::printable(key, 40) + "']");
  }
  if (const auto slash = key.find('/'); slash != std::string::npos) {
    HEADROOM_TRY(outer, select(root, key.substr(0, slash)));
    return select(outer, key.substr(slash + 1));
  }
  if (root.value().is(Kind::dict)) {
    return root.refuse("--select " + formats::printable(key, 40) + ": the dict has no such key; it has " + keys_of(root.value()));
  }
  const auto size = root.size();
  if (!size) return root.refuse("--select " + formats::printable(key, 40) + ": this is " + formats::describe(root.value()) + ", nothing to select from");
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error != std::errc{} || end != key.data() + key.size() || index >= *size) {
    return root.refuse("--select " + formats::printable(key, 40) + ": there are " + std::to_string(*size) + " elements, counted from 0");
  }
  return root.item(index);
}

/// What to say of a root that is no estimator.
tl::unexpected<ImportError> no_model(const Place& root) {
  const auto& value = root.value();
  if (value.is(Kind::dict)) return root.refuse("this is a dict, not a model; choose one of its keys with --select: " + keys_of(value));
  if (value.is(Kind::tuple) || value.is(Kind::list)) return root.refuse("this is " + formats::describe(value) + ", not a model; choose an element with --select 0");
  return root.refuse("this is " + formats::describe(value) + ", not a model");
}

}  // namespace

Budget budget_of(const formats::Graph& graph) {
  return {kCompiledFloor + kCompiledRatio * graph.stream_bytes, kEstimatorsFloor + graph.stream_bytes / kBytesPerEstimator};
}

Read<bool> rename(const Place& root, const ImportOptions& options, model::ModelInfo& info) {
  if (!options.features.empty()) {
    if (!info.features.empty() && info.features != options.features) return root.refuse("--features: the model has feature names of its own; leave the flag out");
    if (options.features.size() != info.n_features) {
      return root.refuse("--features names " + std::to_string(options.features.size()) + " features, the model has " + std::to_string(info.n_features));
    }
    info.features = options.features;
  }
  if (options.classes.empty()) return true;
  if (options.classes.size() != info.classes.size()) {
    return root.refuse("--classes names " + std::to_string(options.classes.size()) + " classes, the model has " + std::to_string(info.classes.size()));
  }
  info.classes.assign(options.classes.begin(), options.classes.end());
  info.classes_dtype = "|O";
  return true;
}
expected<model::ModelPtr, ImportError> import_graph(const formats::Graph& graph, const ImportOptions& options) {
  Place root(graph.root, "model");
  if (!options.select.empty()) {
    HEADROOM_TRY(selected, select(root, options.select));
    root = selected;
  }
  if (!root.value().is(Kind::object)) return no_model(root);
  Budget budget = budget_of(graph);
  HEADROOM_TRY(estimator, as_root(root, budget));
  HEADROOM_TRY(model, import_estimator(estimator));
  HEADROOM_TRY_VOID(rename(root, options, model->edit_info()));
  return model::ModelPtr(std::move(model));
}
}  // namespace headroom::importers
