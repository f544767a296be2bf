// What the importers of boosters share: reading lists of numbers, gathering inputs, and checking a tree before it is compiled.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "importers/estimator.h"
#include "model/booster.h"

namespace headroom::importers {
/// The value of a dict's text key; refused with its path where there is none.
[[nodiscard]] Read<Place> child(const Place& dict, std::string_view key);
[[nodiscard]] std::optional<Place> find_child(const Place& dict, std::string_view key);
/// Numbers of an array, or of a list of numbers and booleans. size: as many, if given.
[[nodiscard]] Read<std::vector<double>> number_list(const Place& place);
[[nodiscard]] Read<std::vector<double>> number_list(const Place& place, std::size_t size);
/// The same, instead of what `out` holds.
[[nodiscard]] Read<bool> read_number_list(const Place& place, std::vector<double>& out);
/// How many numbers a list has, as far as can be told without reading it; 0 for what is none.
[[nodiscard]] std::size_t list_size(const formats::Value& list);
/// A number that the file writes as text: "10", "5E-1".
[[nodiscard]] Read<double> text_number(const Place& place);
[[nodiscard]] Read<std::size_t> text_count(const Place& place);

/// Numbers the inputs of the trees as they are asked for; each (column, kind) is one.
class InputSet {
 public:
  std::uint32_t index_of(std::uint32_t column, model::InputKind kind) {
    const std::uint64_t key = std::uint64_t{column} << 8U | static_cast<std::uint64_t>(kind);
    auto& slot = lately_[column % kSlots];
    if (slot.first != key) slot = {key, number_of(key)};
    return slot.second;
  }
  [[nodiscard]] std::vector<model::Input> take() { return std::move(inputs_); }
  [[nodiscard]] std::size_t size() const { return inputs_.size(); }

 private:
  static constexpr std::size_t kSlots = 256;
  std::uint32_t number_of(std::uint64_t key);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> lately_ = std::vector<std::pair<std::uint64_t, std::uint32_t>>(kSlots, {~std::uint64_t{0}, 0});   // asked once a node
  std::unordered_map<std::uint64_t, std::uint32_t> known_;   // column and kind → its number
  std::vector<model::Input> inputs_;
};

/// Makes the codes of a column from its categories in order: texts or numbers. place: for refusals.
[[nodiscard]] Read<model::CategoryTable> category_table(std::uint32_t column, const std::vector<model::Label>& categories, const Place& place);

/// What the estimator around a booster says: names of features and parameters. The library and its release stay the booster's.
[[nodiscard]] Imported describe_wrapper(const Estimator& wrapper, model::CompiledPtr model);
/// The labels that a wrapper gives instead of 0, 1, …
[[nodiscard]] Read<bool> replace_classes(const Place& labels, model::ModelInfo& info);

/// Kept from one tree to the next, since a model can have hundreds of thousands.
struct StructureRoom {
  std::vector<std::uint8_t> seen;
  std::vector<std::int32_t> open;
};
/// What is wrong with a tree of one node or more, "" if nothing is: children are in range, each node has one parent and is reached from the root.
[[nodiscard]] std::string structure_fault(const std::vector<std::int32_t>& left, const std::vector<std::int32_t>& right, StructureRoom& room);
}  // namespace headroom::importers
