#include "importers/estimator.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "formats/error.h"

namespace headroom::importers {
using formats::Kind;
using formats::Value;

namespace {
constexpr std::size_t kMaxDepth = 16;        // estimators inside estimators
constexpr std::size_t kMaxParameters = 64;   // shown
constexpr std::size_t kMaxShown = 60;        // bytes of a parameter's value

std::optional<std::string> number_text(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end);
}

/// A parameter's value in Python's spelling; nullopt for what is no plain value (arrays, estimators, functions).
std::optional<std::string> plain_text(const Value& value) {
  switch (value.kind()) {
    case Kind::none: return "None";
    case Kind::boolean: return value.boolean() ? "True" : "False";
    case Kind::integer: return std::to_string(value.integer());
    case Kind::real: return number_text(value.real());
    case Kind::text: return "'" + formats::printable(value.text(), kMaxShown) + "'";
    default: return std::nullopt;
  }
}

/// Parameters of the constructor: plain attributes that do not end in '_' (those are learned) nor begin with it.
std::vector<std::pair<std::string, std::string>> parameters(const Value& state) {
  std::vector<std::pair<std::string, std::string>> found;
  const auto pairs = state.items();
  for (std::size_t i = 0; i + 1 < pairs.size() && found.size() < kMaxParameters; i += 2) {
    const auto name = pairs[i].is(Kind::text) ? pairs[i].text() : std::string_view();
    if (name.empty() || name.starts_with('_') || name.ends_with('_')) continue;
    if (auto text = plain_text(pairs[i + 1])) found.emplace_back(formats::printable(name, kMaxShown), std::move(*text));
  }
  return found;
}

std::string_view last_part(std::string_view type) { return type.substr(type.rfind('.') + 1); }
}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{} || version.major < 0 || version.minor < 0) return std::nullopt;
  return version;
}

Read<Estimator> as_estimator(const Place& place, const Estimator& parent) {
  const Value& value = place.value();
  if (!value.is(Kind::object) || !value.callee().is(Kind::global)) return place.mismatch("an estimator");
  if (parent.depth + 1 > kMaxDepth) {
    return unexpected(ImportError{"estimators are nested more than " + std::to_string(kMaxDepth) + " deep, or one contains itself (a cycle)",
                                  formats::printable(place.path(), 200), value.offset()});
  }
  if (parent.budget->estimators_left == 0) return place.refuse("the model has more estimators than a file of its size may ask for");
  --parent.budget->estimators_left;
  const auto type = known_type(value.callee().text());
  Estimator estimator{place, type, last_part(type), parent.version, parent.is_stamped, parent.depth + 1, parent.budget};
  if (const auto stamp = place.find("_sklearn_version"); stamp && stamp->value().is(Kind::text)) {
    const auto version = parse_version(stamp->value().text());
    if (!version) return stamp->refuse("'" + formats::printable(stamp->value().text(), 40) + "' is no version of scikit-learn");
    estimator.version = *version;
    estimator.is_stamped = true;
  }
  return estimator;
}

Read<Estimator> as_root(const Place& place, Budget& budget) {
  const Estimator nothing{place, {}, {}, kNewest, false, 0, &budget};
  return as_estimator(place, nothing);
}

Read<bool> spend(const Estimator& estimator, std::uint64_t bytes) {
  if (bytes > estimator.budget->bytes_left) return estimator.place.refuse("the model needs more memory than a file of its size may ask for");
  estimator.budget->bytes_left -= bytes;
  return true;
}

Read<std::size_t> n_features_of(const Estimator& estimator) {
  const auto older = estimator.place.find("n_features_in_") ? std::string_view("n_features_in_") : std::string_view("n_features_");
  HEADROOM_TRY(place, estimator.place.need(older));
  HEADROOM_TRY(count, place.count());
  constexpr std::size_t kMostFeatures = 1U << 24U;
  if (count == 0 || count > kMostFeatures) return place.refuse(std::to_string(count) + " features");
  return count;
}

Read<std::size_t> width_of(const Estimator& estimator) {
  const bool is_stored = estimator.place.find("n_features_in_") || estimator.place.find("n_features_");
  if (is_stored || estimator.width_hint == 0) return n_features_of(estimator);
  return estimator.width_hint;
}

Read<std::size_t> width_or_any(const Estimator& estimator) {
  const bool is_stored = estimator.place.find("n_features_in_") || estimator.place.find("n_features_");
  if (!is_stored && estimator.width_hint == 0 && estimator.depth <= 1) return std::size_t{0};
  return width_of(estimator);
}

Read<bool> describe(const Estimator& estimator, model::ModelInfo& info) {
  info.library = "scikit-learn";
  info.estimator = std::string(estimator.name);
  if (const auto stamp = estimator.place.find("_sklearn_version"); stamp && stamp->value().is(Kind::text)) {
    info.library_version = formats::printable(stamp->value().text(), 40);
  }
  info.tree.estimator = info.estimator;
  info.tree.parameters = parameters(estimator.place.value().state());
  const auto names = estimator.place.find("feature_names_in_");
  if (!names) return true;
  HEADROOM_TRY(features, names->names());
  if (features.size() != info.n_features) {
    return names->refuse(std::to_string(features.size()) + " feature names for " + std::to_string(info.n_features) + " features (n_features_in_)");
  }
  info.features = std::move(features);
  return true;
}

Read<bool> describe_classes(const Estimator& estimator, model::ModelInfo& info) {
  HEADROOM_TRY(place, estimator.place.need("classes_"));
  HEADROOM_TRY(labels, place.labels());
  if (labels.empty()) return place.refuse("classes_ is empty");
  if (const auto count_place = estimator.place.find("n_classes_")) {
    HEADROOM_TRY(count, count_place->count());
    if (count != labels.size()) return count_place->refuse("n_classes_ is " + std::to_string(count) + ", but classes_ has " + std::to_string(labels.size()));
  }
  info.classes = std::move(labels);
  info.classes_dtype = place.value().array()->dtype.descr();
  return true;
}

Imported finish(const Estimator& estimator, model::CompiledPtr model, model::ModelInfo classes) {
  model->edit_info().classes = std::move(classes.classes);
  model->edit_info().classes_dtype = std::move(classes.classes_dtype);
  model->edit_info().output_classes = std::move(classes.output_classes);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model;
}

bool has_several_outputs(const Estimator& estimator) {
  const auto place = estimator.place.find("n_outputs_");
  return place && place->value().is(Kind::integer) && place->value().integer() > 1;
}
}  // namespace headroom::importers
