#include "model/bisecting.h"

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
Bisecting::Bisecting(Centres::Spec leaves, std::vector<Node> nodes, std::vector<double> centres) : leaves_(std::move(leaves)), nodes_(std::move(nodes)), centres_(std::move(centres)) {
  edit_info() = leaves_.info();
  const std::size_t n = info().n_features;
  CHECK(!nodes_.empty() && centres_.size() == nodes_.size() * n);
  for (std::size_t i = 0; i < nodes_.size(); ++i) norms_.push_back(dot(centres_.data() + i * n, centres_.data() + i * n, n));
  edit_info().bytes += nodes_.size() * sizeof(Node) + (centres_.size() + norms_.size()) * sizeof(double);
}

expected<void, RowError> Bisecting::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void Bisecting::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (method != Method::predict) {
    leaves_.predict(method, rows, out, scratch);
    return;
  }
  const auto matrix = densify(rows, scratch.b);
  const std::size_t n = info().n_features;
  std::int64_t* labels = answer_indexes(out, matrix.rows());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const auto away = [&](std::int32_t node) {
      const auto at = static_cast<std::size_t>(node);
      return norms_[at] + -2 * dot(matrix.row(i).data(), centres_.data() + at * n, n);
    };
    const Node* node = nodes_.data();
    while (node->left >= 0) node = &nodes_[static_cast<std::size_t>(away(node->right) < away(node->left) ? node->right : node->left)];
    labels[i] = static_cast<std::int64_t>(node->label);
  }
}
}  // namespace headroom::model
