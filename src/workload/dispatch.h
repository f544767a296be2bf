// Which class the next user belongs to: Locust's order, so that the same weights give the same users.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::workload {
struct ClassShare {
  std::string name;  // breaks ties, as in Locust
  double weight = 1;
  int fixed_count = 0;
};

/// An endless sequence of class indices that keeps the running mix as near to the weights as whole users allow (smallest
/// Kullback-Leibler divergence). Classes with a fixed count come first and are topped up after removals; their weight is ignored.
/// The sequence goes on where it was after a ramp down. Source: locust/dispatch.py (2.47); orders recorded from it are the tests.
class UserDispatch {
 public:
  explicit UserDispatch(std::vector<ClassShare> classes);

  /// nullopt: no class may have a further user (all have fixed counts, which are filled).
  [[nodiscard]] std::optional<std::size_t> next();
  /// A user of this class is gone.
  void removed(std::size_t index);

 private:
  struct Entry {
    double divergence;
    double x;  // weight + times chosen
    double weight;
    std::size_t index;
  };
  [[nodiscard]] bool before(const Entry& a, const Entry& b) const;
  [[nodiscard]] std::size_t take(std::vector<Entry>& entries) const;
  void queue_missing();

  std::vector<ClassShare> classes_;
  std::vector<int> running_;
  std::vector<Entry> weighted_;
  std::vector<std::size_t> missing_;  // fixed-count users to start, last first
  bool check_fixed_ = true;
};
}  // namespace headroom::workload
