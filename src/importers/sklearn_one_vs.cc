// OneVsRestClassifier, OneVsOneClassifier and OutputCodeClassifier.
#include <algorithm>

#include "formats/error.h"
#include "importers/members.h"
#include "model/constant.h"
#include "model/one_vs.h"

namespace headroom::importers {
using formats::Kind;
using model::Method;
using model::OneVs;
using Scheme = model::OneVs::Scheme;

namespace {
bool all_have(std::span<const model::Member> members, Method method) {
  return std::ranges::all_of(members, [&](const auto& member) { return member.has(method); });
}

/// Whether it stands in for a member: the training rows gave one answer only.
bool is_constant(const model::Member& member) { return !member.is_classifier() && member.has(Method::decision_function); }

std::optional<Place> constant_at(const Place& place) {
  const bool is_one = place.value().is(Kind::object) && place.value().callee().is_global("sklearn.multiclass._ConstantPredictor");
  return is_one ? std::optional(place) : std::nullopt;
}

Read<model::Member> read_constant(const Place& place, std::size_t width) {
  HEADROOM_TRY(answer_place, place.need("y_"));
  HEADROOM_TRY(answer, answer_place.numbers({1}));
  model::Member member;
  member.model = std::make_shared<model::OneAnswer>(width, answer[0]);
  member.model->edit_info().tree.estimator = "a constant";
  member.model->edit_info().estimator = "_ConstantPredictor";
  return member;
}

/// Columns that the members take: what the whole or one of them says.
Read<std::size_t> binary_width(const Place& list, std::size_t count, const Estimator& whole) {
  if (const auto stored = whole.place.find("n_features_in_"); stored && !stored->is_none()) return n_features_of(whole);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto width = list.item(i).find("n_features_in_"); width && !width->is_none()) return width->count();
  }
  return whole.width_hint;
}

/// Members answer low or 1, as classifiers or as regressors of that number.
Read<std::vector<model::Member>> read_binary(const Place& list, const Estimator& whole, std::int64_t low = 0) {
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("there is no estimator in it");
  const std::vector<model::Label> labels{low, std::int64_t{1}};
  HEADROOM_TRY(width, binary_width(list, count, whole));
  std::vector<model::Member> members;
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto constant = constant_at(list.item(i))) {
      HEADROOM_TRY(one, read_constant(*constant, width));
      members.push_back(std::move(one));
      continue;
    }
    auto member = read_member(list.item(i), whole, &labels);
    if (!member) {
      auto regressor = read_member(list.item(i), whole, nullptr);
      if (!regressor) return unexpected(member.error());
      member = std::move(regressor);
    } else if (member->classes.size() != 2 || member->classes[0] != 0) {
      return list.item(i).refuse("a question of two classes is answered by a classifier of others");
    }
    members.push_back(std::move(*member));
  }
  const auto classifiers = static_cast<std::size_t>(std::ranges::count_if(members, [](const auto& member) { return member.is_classifier(); }));
  const auto constants = static_cast<std::size_t>(std::ranges::count_if(members, is_constant));
  if (classifiers != 0 && classifiers + constants != members.size()) return list.refuse("classifiers and regressors are mixed");
  return members;
}

/// Where a binary answer parts: 0 for decisions, ½ for probabilities and regressors.
double threshold_of(const model::Member& member) { return member.is_classifier() && member.has(Method::decision_function) ? 0.0 : 0.5; }

Imported build(const Estimator& whole, OneVs::Spec spec, model::ModelInfo classes) {
  HEADROOM_TRY(width, width_of(whole, spec.members));
  spec.n_features = width;
  auto model = std::make_shared<OneVs>(std::move(spec));
  HEADROOM_TRY_VOID(finish_ensemble(whole, std::move(classes), model->members(), model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Read<model::ModelInfo> rest_classes(const Estimator& whole, bool& is_multilabel) {
  HEADROOM_TRY(binarizer, whole.place.need("label_binarizer_"));
  HEADROOM_TRY(type, binarizer.need("y_type_"));
  HEADROOM_TRY(kind, type.text());
  if (kind != "multiclass" && kind != "binary" && kind != "multilabel-indicator") return type.refuse("targets of the kind '" + formats::printable(kind, 40) + "'");
  is_multilabel = kind == "multilabel-indicator";
  HEADROOM_TRY(place, binarizer.need("classes_"));
  HEADROOM_TRY(labels, place.labels());
  model::ModelInfo classes;
  classes.classes = std::move(labels);
  classes.classes_dtype = place.value().array()->dtype.descr();
  return classes;
}
}  // namespace

Imported import_one_vs_rest(const Estimator& whole) {
  bool is_multilabel = false;
  HEADROOM_TRY(classes, rest_classes(whole, is_multilabel));
  OneVs::Spec spec;
  HEADROOM_TRY(list, whole.place.need("estimators_"));
  HEADROOM_TRY(members, read_binary(list, whole));
  spec.members = std::move(members);
  spec.n_classes = classes.classes.size();
  spec.scheme = is_multilabel ? Scheme::rest_labels : spec.members.size() == 1 ? Scheme::rest_binary : Scheme::rest;
  const std::size_t wanted = spec.scheme == Scheme::rest_binary ? 2 : spec.members.size();
  if (spec.n_classes != wanted) return list.refuse("there are " + std::to_string(spec.members.size()) + " estimators for " + std::to_string(spec.n_classes) + " classes");
  spec.last_of_equals = whole.version < Version{1, 8};
  spec.keep_zero_row = whole.version >= Version{1, 7};
  spec.threshold = threshold_of(spec.members[0]);
  spec.methods = {Method::predict};
  if (all_have(spec.members, Method::predict_proba)) spec.methods.push_back(Method::predict_proba);
  if (all_have(spec.members, Method::decision_function)) spec.methods.push_back(Method::decision_function);
  if (is_multilabel) classes = {};   // each label is 0 or 1
  return build(whole, std::move(spec), std::move(classes));
}

Imported import_one_vs_one(const Estimator& whole) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(whole, classes));
  if (const auto pairwise = whole.place.find("pairwise_indices_"); pairwise && !pairwise->is_none()) return pairwise->refuse("estimators that take a precomputed kernel");
  OneVs::Spec spec;
  HEADROOM_TRY(list, whole.place.need("estimators_"));
  HEADROOM_TRY(members, read_binary(list, whole));
  spec.members = std::move(members);
  spec.n_classes = classes.classes.size();
  spec.scheme = Scheme::one;
  const std::size_t pairs = spec.n_classes * (spec.n_classes - 1) / 2;
  if (spec.members.size() != pairs) return list.refuse("there are " + std::to_string(spec.members.size()) + " estimators for " + std::to_string(pairs) + " pairs of classes");
  if (whole.version < Version{0, 21}) spec.confidence = model::Confidence::scaled;
  // Before 1.1 two classes parted at 0 whatever the estimator gives.
  spec.threshold = whole.version < Version{1, 1} ? 0.0 : threshold_of(spec.members[0]);
  spec.methods = {Method::predict, Method::decision_function};
  return build(whole, std::move(spec), std::move(classes));
}

Imported import_output_code(const Estimator& whole) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(whole, classes));
  OneVs::Spec spec;
  HEADROOM_TRY(list, whole.place.need("estimators_"));
  HEADROOM_TRY(count, list.size());
  spec.n_classes = classes.classes.size();
  spec.scheme = Scheme::code;
  HEADROOM_TRY(book, whole.place.need("code_book_"));
  HEADROOM_TRY(codes, book.numbers({spec.n_classes, count}));
  // Codes are −1 and 1 where members decide, else 0 and 1.
  const bool is_signed = std::ranges::find(codes, -1.0) != codes.end();
  HEADROOM_TRY(members, read_binary(list, whole, is_signed ? -1 : 0));
  spec.members = std::move(members);
  spec.code_book = std::move(codes);
  spec.root_of_distance = whole.version < Version{1, 3};
  spec.finite_only = whole.version < Version{1, 0};
  spec.methods = {Method::predict};
  return build(whole, std::move(spec), std::move(classes));
}
}  // namespace headroom::importers
