// The first levels of all trees for one row: the first 63 nodes of a tree are compared in two registers, and where they lead is looked up.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headroom::model {
class RowTops {
 public:
  static constexpr unsigned kLevels = 6;
  static constexpr std::size_t kNodes = (std::size_t{1} << kLevels) - 1;
  static constexpr std::size_t kExits = kNodes + 1;
  static constexpr std::size_t kMostInputs = 64;

  /// Whether this processor has the instructions.
  [[nodiscard]] static bool available() noexcept;

  explicit RowTops(std::size_t n_inputs);
  /// Takes a tree's first levels in heap order: the children of i are 2i + 1 and 2i + 2. An input's code − 128 > thresholds[i] goes right.
  /// inputs: < n_inputs.
  void add(std::span<const std::int8_t, kNodes> thresholds, std::span<const std::uint8_t, kNodes> inputs);
  [[nodiscard]] std::size_t n_trees() const noexcept { return trees_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return trees_.size() * sizeof(Tree); }
  /// `count` trees from the one numbered `first` on. codes: room for kMostInputs; those behind n_inputs
  /// are not looked at. exits[count]: the decisions from the root on as bits, 1 = right, the first one highest.
  void walk(const std::uint8_t* codes, std::size_t first, std::size_t count, std::uint8_t* exits) const noexcept { run_(trees_.data() + first, count, codes, exits); }

  /// Positions, not heap order. The nodes of the levels 3 to 5 are eight trees of seven nodes: the s-th one's k-th node stands at 8s + k. The
  /// levels 0 to 2 are one such tree: its k-th node stands at 8k + 7. So a byte of the comparisons' bits is a small tree's decisions.
  struct alignas(64) Tree {
    std::uint8_t input[kExits];
    std::int8_t threshold[kExits];   // registers compare signed bytes
  };
  using Run = void (*)(const Tree* trees, std::size_t count, const std::uint8_t* codes, std::uint8_t* exits) noexcept;

 private:
  std::vector<Tree> trees_;
  Run run_ = nullptr;
};
}  // namespace headroom::model
