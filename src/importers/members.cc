#include "importers/members.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"

namespace headroom::importers {
using model::Label;

namespace {
std::optional<double> as_number(const Label& label) {
  if (const auto* flag = std::get_if<bool>(&label)) return *flag ? 1.0 : 0.0;
  if (const auto* whole = std::get_if<std::int64_t>(&label)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&label)) return *real;
  return std::nullopt;
}

/// As Python compares: 1 == 1.0 == True.
bool is_same(const Label& a, const Label& b) {
  const auto left = as_number(a);
  const auto right = as_number(b);
  if (left && right) return *left == *right;
  return !left && !right && a == b;
}
}  // namespace

std::vector<Label> encoded(std::size_t n) {
  std::vector<Label> labels;
  for (std::size_t i = 0; i < n; ++i) labels.emplace_back(static_cast<std::int64_t>(i));
  return labels;
}

Read<model::Member> read_member(const Place& place, const Estimator& whole, const std::vector<Label>* classes) {
  HEADROOM_TRY(estimator, as_estimator(place, whole));
  HEADROOM_TRY(compiled, import_estimator(estimator));
  model::Member member;
  const auto& info = compiled->info();
  const bool is_classifier = info.task == model::Task::classification && !info.classes.empty();
  if (classes == nullptr && info.task != model::Task::regression) return place.refuse("a regressor was expected here, but it is a " + info.estimator);
  if (classes != nullptr && !is_classifier) return place.refuse("a classifier was expected here, but it is a " + info.estimator);
  if (classes == nullptr && std::ranges::find(info.methods, model::Method::predict) == info.methods.end()) return place.refuse("it has no predict");
  for (std::size_t i = 0; classes != nullptr && i < info.classes.size(); ++i) {
    const auto found = std::ranges::find_if(*classes, [&](const auto& label) { return is_same(label, info.classes[i]); });
    if (found == classes->end()) return place.refuse("its class " + formats::printable(model::to_text(info.classes[i]), 40) + " is none of the whole's classes");
    member.classes.push_back(static_cast<std::uint32_t>(found - classes->begin()));
  }
  member.model = std::move(compiled);
  return member;
}

Read<std::vector<model::Member>> read_members(const Place& list, const Estimator& whole, const std::vector<Label>* classes) {
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("there is no estimator in it");
  std::vector<model::Member> members;
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(member, read_member(list.item(i), whole, classes));
    members.push_back(std::move(member));
  }
  return members;
}

Read<std::vector<std::uint32_t>> column_list(const Place& place, std::size_t width) {
  HEADROOM_TRY(numbers, place.numbers());
  std::vector<std::uint32_t> columns;
  for (const double number : numbers) {
    if (!(number >= 0 && number < static_cast<double>(width)) || number != std::floor(number)) return place.refuse("it names a column of " + std::to_string(width) + " that there is not");
    columns.push_back(static_cast<std::uint32_t>(number));
  }
  return columns;
}

Read<std::size_t> width_of(const Estimator& whole, std::span<const model::Member> members) {
  const auto stored = whole.place.find("n_features_in_");   // None around a DummyClassifier of 1.0
  if ((stored && !stored->is_none()) || whole.place.find("n_features_")) return n_features_of(whole);
  for (const auto& member : members) {
    if (member.model->info().n_features > 0) return member.model->info().n_features;   // a DummyClassifier before 1.3 does not tell
  }
  return std::size_t{0};
}

Read<bool> finish_ensemble(const Estimator& whole, model::ModelInfo classes, std::span<const model::Member> members, model::ModelInfo& info) {
  info.classes = std::move(classes.classes);
  info.classes_dtype = std::move(classes.classes_dtype);
  for (const auto& member : members) {
    const auto& inner = member.model->info();
    const bool fits = inner.n_features == 0 || (member.columns.empty() ? inner.n_features == info.n_features : inner.n_features == member.columns.size());   // 0: takes any
    if (!fits) return whole.place.refuse("its part " + inner.estimator + " takes " + std::to_string(inner.n_features) + " features, it " + std::to_string(info.n_features));
  }
  if (!members.empty() && members[0].columns.empty()) {
    info.features = members[0].model->info().features;
    info.feature_ranges = members[0].model->info().feature_ranges;
    info.feature_kinds = members[0].model->info().feature_kinds;
  }
  const auto features = info.features;
  HEADROOM_TRY_VOID(describe(whole, info));
  if (info.features.empty()) info.features = features;
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < members.size() && i < kShown; ++i) info.tree.parts.push_back(members[i].model->info().tree);
  return true;
}
}  // namespace headroom::importers
