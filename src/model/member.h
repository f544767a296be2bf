// An estimator inside of another: what ensembles, chains and wrappers share.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// A fitted part, the columns it was fitted on, and which of the whole's classes are its own.
struct Member {
  CompiledPtr model;
  std::vector<std::uint32_t> columns;   // of the rows; empty: all
  std::vector<std::uint32_t> classes;   // its class i is the whole's class classes[i]; empty for a regressor

  /// Whether the origin's estimator has it: wrappers choose by that.
  [[nodiscard]] bool has(Method method) const;
  [[nodiscard]] bool is_classifier() const { return !classes.empty(); }
};

/// What the member answers; it stands in its own scratch until that is used again.
const Output& ask(const Member& member, Method method, const Rows& rows, Scratch& own) noexcept;
/// Value i of an answer of any type, as a double.
[[nodiscard]] double value_at(const Output& answer, std::size_t i) noexcept;

/// The class of each row as the whole counts: Method::predict of a classifier.
void ask_labels(const Member& member, const Rows& rows, std::size_t* out, Scratch& own) noexcept;
/// What binary schemes ask of a part (sklearn.multiclass._predict_binary): a regressor's value, a decision, else the second probability.
void ask_score(const Member& member, const Rows& rows, double* out, Scratch& own) noexcept;

/// What the member says of the rows; columns are counted as the whole does.
[[nodiscard]] expected<void, RowError> validate_member(const Member& member, const Rows& rows);
/// The first objection of any.
[[nodiscard]] expected<void, RowError> validate_members(std::span<const Member> members, const Rows& rows);
/// Compiled::takes_all_within of all of them.
[[nodiscard]] bool members_take_all(std::span<const Member> members, double magnitude) noexcept;
}  // namespace headroom::model
